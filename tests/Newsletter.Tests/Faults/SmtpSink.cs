using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Newsletter.Tests.Faults;

/// <summary>Postfix's <c>smtp-sink</c>, which others wrote: it says what an SMTP server says, and misbehaves by options.</summary>
internal sealed class SmtpSink : IAsyncDisposable
{
    private static readonly string[] Folders = ["/usr/sbin", "/usr/local/sbin", "/usr/libexec/postfix", "/usr/lib/postfix/sbin"];
    private readonly Process process;

    private SmtpSink(Process process, int port)
    {
        this.process = process;
        Port = port;
    }

    public int Port { get; }

    public static async Task<SmtpSink> StartAsync(params string[] options)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        // As root it wants to be somebody else.
        string[] user = Environment.IsPrivilegedProcess ? ["-u", "nobody"] : [];
        var sink = new SmtpSink(Process.Start(Find(), [.. user, .. options, $"127.0.0.1:{port}", "500"]), port);
        for (var tries = 0; tries < 200 && !sink.process.HasExited; tries++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port);
                return sink;
            }
            catch (SocketException)
            {
                await Task.Delay(50);
            }
        }
        await sink.DisposeAsync();
        throw new InvalidOperationException($"smtp-sink does not listen on port {port}.");
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static string Find() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Concat(Folders)
            .Select(folder => Path.Combine(folder, "smtp-sink")).FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException(
            "smtp-sink is missing: './newsletter test' installs it on Debian and Ubuntu, elsewhere install Postfix, which need not run.");
}
