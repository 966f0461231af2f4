using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Newsletter.Cli;

/// <summary>
/// The shutdown of this process by Ctrl+C or SIGTERM. The first signal cancels running work. If that has not ended after half a minute, the
/// process is ended anyway, with a sentence about what it waited for.
/// </summary>
internal sealed class Ending : IDisposable
{
    /// <summary>Shorter than half a minute, to leave time for the message.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(28);

    private static readonly TimeSpan StepTimeout = TimeSpan.FromSeconds(1);

    private static volatile string waitsFor = "its own start";

    private readonly CancellationTokenSource cancellation = new();
    private readonly PosixSignalRegistration[] signals;

    public Ending() => signals = [PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal), PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal)];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => cancellation.Token;

    /// <summary>Sets what the process waits for, as the sentence names it: "the database to answer".</summary>
    public static void WaitsFor(string what) => waitsFor = what;

    public void Dispose()
    {
        foreach (var signal in signals)
        {
            signal.Dispose();
        }
        cancellation.Dispose();
    }

    private void OnSignal(PosixSignalContext signal)
    {
        // Do not end immediately: a mail that is being sent is finished first.
        signal.Cancel = true;
        if (!cancellation.IsCancellationRequested)
        {
            // A separate thread: all threads of the pool may be blocked.
            new Thread(ForceExit) { IsBackground = true }.Start();
            _ = cancellation.CancelAsync();
        }
    }

    private static void ForceExit()
    {
        using var never = new ManualResetEvent(false);
        never.WaitOne(ShutdownTimeout);
        var seconds = ShutdownTimeout.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        // Each step has a timeout: neither a blocked standard error nor an exit handler may delay the end.
        RunWithTimeout(() => Console.Error.WriteLine(
            $"Shutdown was requested {seconds} seconds ago, and the process is still waiting for {waitsFor}: "
            + "it exits now, and the database rolls back unfinished work."));
        RunWithTimeout(() => Environment.Exit(ExitCode.Interrupted));
        Process.GetCurrentProcess().Kill();
    }

    private static void RunWithTimeout(Action act)
    {
        var thread = new Thread(() => act()) { IsBackground = true };
        thread.Start();
        thread.Join(StepTimeout);
    }
}
