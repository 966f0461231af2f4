using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Newsletter.Benchmarks;

/// <summary>The test programs that Postfix comes with; its daemon is not needed.</summary>
internal static class Postfix
{
    private static readonly string[] Folders = ["/usr/sbin", "/usr/local/sbin", "/usr/libexec/postfix", "/usr/lib/postfix/sbin"];

    /// <exception cref="Refusal">Unreachable: it is not on this machine.</exception>
    public static string Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(Folders)
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists)
        ?? throw Refusal.Unreachable(
            $"{program} is missing: install Postfix (Debian, Ubuntu: apt-get install --no-install-recommends postfix); it need not run.");

    /// <summary>Sends messages as fast as C can: <c>smtp-source</c>, whose connections stay open between messages.</summary>
    /// <param name="payload">Octets of a message without the headers that it adds.</param>
    /// <returns>Seconds.</returns>
    /// <exception cref="Refusal">Conflict: it failed; it has said why on standard error.</exception>
    public static async Task<double> SendAsync(IPEndPoint to, int connections, int payload, int messages, CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        using var source = Process.Start(
            Find("smtp-source"), [.. FormattableString.Invariant($"-d -s {connections} -l {payload} -m {messages} {to}").Split(' ')]);
        await using var ending = cancel.Register(source.Kill);
        await source.WaitForExitAsync(cancel);
        return source.ExitCode == 0
            ? Stopwatch.GetElapsedTime(started).TotalSeconds
            : throw Refusal.Conflict($"smtp-source ended with code {source.ExitCode}, as said above.");
    }

    /// <summary>A port of this machine that nobody listened on just now.</summary>
    public static IPEndPoint FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return (IPEndPoint)listener.LocalEndpoint;
    }
}
