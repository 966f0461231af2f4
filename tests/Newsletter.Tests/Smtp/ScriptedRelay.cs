using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Newsletter.Smtp;

namespace Newsletter.Tests.Smtp;

/// <summary>A server on loopback each of whose conversations a test writes out; what it hears is kept.</summary>
internal sealed class ScriptedRelay : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly Task serving;

    public ScriptedRelay(Func<ScriptedTalk, Task> talk)
    {
        listener.Start();
        serving = ServeAsync(talk);
    }

    /// <summary>One that offers mechanisms and leaves the rest to a test.</summary>
    /// <param name="auth">From the first AUTH on, which it is given.</param>
    public static ScriptedRelay Offering(string mechanisms, Func<ScriptedTalk, string, Task> auth) => new(async talk =>
    {
        await talk.SayAsync("220 relay.example");
        await talk.HearAsync();
        await talk.SayAsync($"250-relay.example\r\n250 AUTH {mechanisms}");
        while (await talk.HearAsync() is { } line && line.StartsWith("AUTH ", StringComparison.Ordinal))
        {
            await auth(talk, line);
        }
    });

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public ConcurrentQueue<string> Heard { get; } = new();

    /// <summary>A connection to it, as configured.</summary>
    public SmtpRelay Settings(string security = "none", string? user = null, string? password = null) =>
        new SmtpOptions { Host = "localhost", Port = Port, Security = security, User = user, Password = password }.All().Single();

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Dispose();
        await serving;
        stopping.Dispose();
    }

    private async Task ServeAsync(Func<ScriptedTalk, Task> talk)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                using var client = await listener.AcceptTcpClientAsync(stopping.Token);
                client.NoDelay = true;
                await talk(new ScriptedTalk(client.GetStream(), Heard, stopping.Token));
            }
            catch (Exception ending) when (ending is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
            {
                // The client is gone, or the test is over.
            }
        }
    }
}

/// <summary>One conversation, from the server's side.</summary>
internal sealed class ScriptedTalk(Stream stream, ConcurrentQueue<string> heard, CancellationToken stop)
{
    private Stream stream = stream;

    public Task SayAsync(string line) => SendAsync(line + "\r\n");

    public async Task SendAsync(string octets) => await stream.WriteAsync(Encoding.UTF8.GetBytes(octets), stop);

    /// <summary>The next line; null when the client has closed.</summary>
    public async Task<string?> HearAsync()
    {
        var line = new List<byte>();
        var octet = new byte[1];
        while (await stream.ReadAsync(octet, stop) == 1)
        {
            if (octet[0] == '\n')
            {
                var text = Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
                heard.Enqueue(text);
                return text;
            }
            line.Add(octet[0]);
        }
        return null;
    }

    public async Task<string> ChallengeAsync(string challenge)
    {
        await SayAsync($"334 {Convert.ToBase64String(Encoding.UTF8.GetBytes(challenge))}");
        return Text(await HearAsync());
    }

    public async Task StartTlsAsync(X509Certificate2 certificate)
    {
        var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, stop);
        stream = tls;
    }

    /// <summary>As long as the test lasts.</summary>
    public Task StaySilentAsync() => Task.Delay(Timeout.Infinite, stop);

    /// <summary>What stands in Base64.</summary>
    public static string Text(string? base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64 ?? ""));
}
