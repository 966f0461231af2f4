using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Newsletter.Tests.MailCatcher;

/// <summary>An SMTP client that says exactly what it is told to, right or wrong.</summary>
internal sealed class RawClient : IAsyncDisposable
{
    private readonly TcpClient tcp = new() { NoDelay = true };
    private StreamReader reader = StreamReader.Null;

    public static async Task<RawClient> ConnectAsync(IPEndPoint endPoint)
    {
        var client = new RawClient();
        await client.tcp.ConnectAsync(endPoint);
        client.reader = new StreamReader(client.tcp.GetStream(), Encoding.UTF8);
        return client;
    }

    /// <summary>Connected, greeted, and with MAIL and RCPT accepted when a recipient is given.</summary>
    public static async Task<RawClient> GreetedAsync(IPEndPoint endPoint, string? recipient = null)
    {
        var client = await ConnectAsync(endPoint);
        Assert.StartsWith("220 ", await client.ReplyAsync());
        Assert.Contains("250 ", await client.SayAsync("EHLO test"));
        if (recipient is not null)
        {
            Assert.StartsWith("250 ", await client.SayAsync("MAIL FROM:<sender@example.com>"));
            Assert.StartsWith("250 ", await client.SayAsync($"RCPT TO:<{recipient}>"));
        }

        return client;
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await tcp.GetStream().WriteAsync(bytes);

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    public async Task<string> SayAsync(string line)
    {
        await SendAsync(line + "\r\n");
        return await ReplyAsync();
    }

    /// <summary>A whole reply, its lines divided by "\n"; "" when the server has closed.</summary>
    public async Task<string> ReplyAsync()
    {
        var lines = new List<string>();
        try
        {
            while (await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20)) is { } line)
            {
                lines.Add(line);
                if (line.Length < 4 || line[3] != '-')
                {
                    break;
                }
            }
        }
        catch (IOException)
        {
            // Reset is closed, too.
        }

        return string.Join('\n', lines);
    }

    public ValueTask DisposeAsync()
    {
        tcp.Dispose();
        return ValueTask.CompletedTask;
    }
}
