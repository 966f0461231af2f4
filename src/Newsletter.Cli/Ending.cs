using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Newsletter.Cli;

/// <summary>
/// The end of this process by Ctrl+C or SIGTERM: whatever is under way is told to end, and what has not done so after half a
/// minute is ended from here, with a sentence about what it waited for.
/// </summary>
internal sealed class Ending : IDisposable
{
    /// <summary>Short of the half minute, for saying so.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(28);

    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private static volatile string waitsFor = "its own start";

    private readonly CancellationTokenSource told = new();
    private readonly PosixSignalRegistration[] signals;

    public Ending() => signals = [PosixSignalRegistration.Create(PosixSignal.SIGTERM, Tell), PosixSignalRegistration.Create(PosixSignal.SIGINT, Tell)];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => told.Token;

    /// <summary>Says what is under way, for the sentence: "the database to answer".</summary>
    public static void WaitsFor(string what) => waitsFor = what;

    public void Dispose()
    {
        foreach (var signal in signals)
        {
            signal.Dispose();
        }
        told.Dispose();
    }

    private void Tell(PosixSignalContext signal)
    {
        // It does not end at once: what is on the wire is finished first.
        signal.Cancel = true;
        if (!told.IsCancellationRequested)
        {
            // A thread of its own: those of the pool may all be waiting.
            new Thread(Watch) { IsBackground = true }.Start();
            _ = told.CancelAsync();
        }
    }

    private static void Watch()
    {
        using var never = new ManualResetEvent(false);
        never.WaitOne(Patience);
        var seconds = Patience.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        // Neither whoever reads our words nor what ends with a process may hold it up.
        Try(() => Console.Error.WriteLine($"Told to end {seconds} seconds ago, and still waiting for {waitsFor}: ended now, the database undoes what was not finished."));
        Try(() => Environment.Exit(ExitCode.Interrupted));
        Process.GetCurrentProcess().Kill();
    }

    private static void Try(Action act)
    {
        var thread = new Thread(() => act()) { IsBackground = true };
        thread.Start();
        thread.Join(LastWords);
    }
}
