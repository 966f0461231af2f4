using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Newsletter.Benchmarks;

/// <summary>Postfix's <c>smtp-sink</c>: takes mail, counts it and throws it away.</summary>
internal sealed class SmtpSink : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly Process process;
    private readonly string counters;

    private SmtpSink(Process process, IPEndPoint endPoint, string counters)
    {
        this.process = process;
        this.counters = counters;
        EndPoint = endPoint;
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Processor time so far.</summary>
    public double Seconds => ProcessorTime.Of(process.Id);

    /// <exception cref="Refusal">Unreachable: it is not on this machine. Conflict: it did not start.</exception>
    public static async Task<SmtpSink> StartAsync(CancellationToken cancel)
    {
        var endPoint = Postfix.FreePort();
        var counters = Path.GetTempFileName();
        // It writes its counters after every message: to a file, so that nobody wakes up for them. As root it wants to be somebody else.
        var user = Environment.IsPrivilegedProcess ? "-u nobody " : "";
        var sink = new SmtpSink(
            Process.Start("/bin/sh", ["-c", $"exec \"$0\" {user}-c {endPoint} 500 > \"$1\"", Postfix.Find("smtp-sink"), counters]), endPoint, counters);
        try
        {
            await sink.UntilListeningAsync(cancel);
            return sink;
        }
        catch
        {
            await sink.DisposeAsync();
            throw;
        }
    }

    /// <summary>Messages that it has taken.</summary>
    public async Task<long> CountAsync(CancellationToken cancel)
    {
        // \rsess=20 quit=20 mesg=5000
        var last = Encoding.ASCII.GetString(await File.ReadAllBytesAsync(counters, cancel)).TrimEnd('\r').Split('=')[^1];
        return last.Length == 0 ? 0 : long.Parse(last, NumberStyles.None, CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
        File.Delete(counters);
    }

    private async Task UntilListeningAsync(CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        while (!process.HasExited && Stopwatch.GetElapsedTime(started) < Patience)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(EndPoint, cancel);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(20, cancel);
            }
        }
        throw Refusal.Conflict($"smtp-sink does not listen on {EndPoint}: what it says stands above.");
    }
}
