using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Newsletter.Dkim;
using Newsletter.Smtp;
using Newsletter.Tests.Faults;

namespace Newsletter.Tests.Smtp;

public sealed class SmtpHandshakeTests : IDisposable
{
    private readonly CertificateChain chain = new();

    public void Dispose() => chain.Dispose();

    /// <summary>Response injection (CVE-2011-0411): somebody on the way adds replies in the clear that would count inside TLS.</summary>
    [Theory]
    [InlineData("220 Go ahead\r\n250-relay.example\r\n250 AUTH PLAIN\r\n")]
    [InlineData("220 Go ahead\r\n2")]
    [InlineData("220 Go ahead\r\n\0")]
    public async Task What_is_slipped_in_behind_the_reply_to_STARTTLS_is_refused(string reply)
    {
        await using var relay = new ScriptedRelay(async talk =>
        {
            await GreetAsync(talk, "STARTTLS");
            await talk.HearAsync();
            await talk.SendAsync(reply);
            await talk.HearAsync();
        });

        var refusal = await Assert.ThrowsAsync<Refusal>(() => OpenAsync(relay, "starttls"));

        Assert.Contains("(the server sent unencrypted data after its reply to STARTTLS)", refusal.Message);
        Assert.Equal(["EHLO localhost", "STARTTLS"], relay.Heard);
    }

    [Fact]
    public async Task So_is_what_comes_a_little_later()
    {
        await using var relay = new ScriptedRelay(async talk =>
        {
            await GreetAsync(talk, "STARTTLS");
            await talk.HearAsync();
            await talk.SayAsync("220 Go ahead");
            await Task.Delay(TimeSpan.FromMilliseconds(100));
            await talk.SayAsync("250-relay.example\r\n250 AUTH PLAIN");
            await talk.StaySilentAsync();
        });

        var refusal = await Assert.ThrowsAsync<Refusal>(() => OpenAsync(relay, "starttls"));

        Assert.Contains("(the TLS handshake failed: ", refusal.Message);
    }

    /// <summary>RFC 3207, 4.2: what was offered in the clear counts no more.</summary>
    [Fact]
    public async Task Only_what_is_offered_inside_TLS_counts()
    {
        await using var relay = new ScriptedRelay(async talk =>
        {
            await GreetAsync(talk, "STARTTLS", "AUTH PLAIN LOGIN");
            await StartTlsAsync(talk);
            await GreetAsync(talk, "SIZE 1000");
            await talk.HearAsync();
        });

        var failure = await Assert.ThrowsAsync<IOException>(() => PerformAsync(relay.Settings("starttls", "news", "secret")));

        Assert.Equal("The SMTP server does not support authentication", failure.Message);
        Assert.Equal(["EHLO localhost", "STARTTLS", "EHLO localhost"], relay.Heard);
    }

    [Theory]
    [InlineData("starttls")]
    [InlineData("tls")]
    public async Task A_password_is_told_inside_TLS(string security)
    {
        await using var relay = new ScriptedRelay(async talk =>
        {
            if (security == "tls")
            {
                await talk.StartTlsAsync(chain.Server);
                await talk.SayAsync("220 relay.example");
            }
            else
            {
                await GreetAsync(talk, "STARTTLS");
                await StartTlsAsync(talk);
            }
            await talk.HearAsync();
            await talk.SayAsync("250-relay.example\r\n250-PIPELINING\r\n250 AUTH PLAIN");
            await talk.HearAsync();
            await talk.SayAsync("235 Welcome");
            await talk.HearAsync();
        });

        using var session = await PerformAsync(relay.Settings(security, "news", "secret"));

        Assert.Equal("AUTH PLAIN AG5ld3MAc2VjcmV0", relay.Heard.Last());
    }

    [Fact]
    public async Task A_server_that_does_not_know_EHLO_is_greeted_with_HELO()
    {
        await using var relay = new ScriptedRelay(async talk =>
        {
            await talk.SayAsync("220 relay.example");
            await talk.HearAsync();
            await talk.SayAsync("500 5.5.1 What?");
            await talk.HearAsync();
            await talk.SayAsync("250 relay.example");
            await talk.HearAsync();
        });

        await OpenAsync(relay, "none");

        Assert.Equal(["EHLO localhost", "HELO localhost"], relay.Heard.Take(2));
    }

    [Fact]
    public async Task It_offers_no_TLS_then()
    {
        await using var relay = new ScriptedRelay(async talk =>
        {
            await talk.SayAsync("220 relay.example");
            await talk.HearAsync();
            await talk.SayAsync("500-STARTTLS\r\n500 5.5.1 What?");
            await talk.HearAsync();
            await talk.SayAsync("250-relay.example\r\n250 STARTTLS");
            await talk.HearAsync();
        });

        var refusal = await Assert.ThrowsAsync<Refusal>(() => OpenAsync(relay, "starttls"));

        Assert.Contains("(The SMTP server does not support the STARTTLS extension)", refusal.Message);
    }

    [Theory]
    [InlineData("554 5.3.2 Not\0 here\u001b[2J\r\n", "(554 5.3.2 Not here[2J)")]
    [InlineData("421 4.3.2 Busy\r\n", "(421 4.3.2 Busy)")]
    [InlineData("554-5.3.2 Not\r\n554 here.\r\n", "(554 5.3.2 Not here)")]
    [InlineData("250 Hello\r\n", "(the server's answer 250 is unexpected at this step)")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n", "(the server does not speak SMTP)")]
    [InlineData("\0\0\0\0\r\n", "(the server does not speak SMTP)")]
    [InlineData("\r\n", "(the server does not speak SMTP)")]
    [InlineData("", "(the server closed the connection)")]
    [InlineData("220 relay", "(the server closed the connection)")]
    public async Task A_greeting_that_is_none_is_told(string greeting, string reason)
    {
        await using var relay = new ScriptedRelay(talk => talk.SendAsync(greeting));

        Assert.Contains(reason, (await Assert.ThrowsAsync<Refusal>(() => OpenAsync(relay, "none"))).Message);
    }

    [Theory]
    [InlineData("220-a line of a reply that goes on\r\n")]
    [InlineData("a line that goes on ")]
    public async Task A_reply_without_an_end_is_read_no_further(string piece)
    {
        await using var relay = new ScriptedRelay(async talk =>
        {
            while (true)
            {
                await talk.SendAsync(piece);
            }
        });

        Assert.Contains("(the server's reply is too long)", (await Assert.ThrowsAsync<Refusal>(() => OpenAsync(relay, "none"))).Message);
    }

    [Fact]
    public async Task A_long_refusal_is_cut()
    {
        await using var relay = new ScriptedRelay(talk => talk.SayAsync("554 " + new string('x', 10_000)));

        Assert.InRange((await Assert.ThrowsAsync<Refusal>(() => OpenAsync(relay, "none"))).Message.Length, 500, 650);
    }

    [Theory]
    [InlineData("none", "")]
    [InlineData("tls", "")]
    [InlineData("none", "220 relay.example\r\n")]
    [InlineData("starttls", "220 relay.example\r\n250 STARTTLS\r\n220 Go ahead\r\n")]
    public async Task A_server_that_falls_silent_is_left_after_half_a_minute(string security, string words)
    {
        var isSaid = new TaskCompletionSource();
        await using var relay = new ScriptedRelay(async talk =>
        {
            foreach (var line in words.Split("\r\n", StringSplitOptions.RemoveEmptyEntries))
            {
                await talk.SayAsync(line);
                await talk.HearAsync();
            }
            isSaid.SetResult();
            await talk.StaySilentAsync();
        });
        var time = new FakeTimeProvider();
        var opening = OpenAsync(relay, security, time);
        await isSaid.Task;
        time.Advance(TimeSpan.FromSeconds(29));
        await Task.Delay(TimeSpan.FromMilliseconds(50));
        Assert.False(opening.IsCompleted);

        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Contains("(it did not answer within 30 seconds)", (await Assert.ThrowsAsync<Refusal>(() => opening)).Message);
    }

    [Fact]
    public async Task A_server_that_speaks_no_TLS_is_told_so()
    {
        await using var relay = new ScriptedRelay(async talk =>
        {
            await talk.SayAsync("220 relay.example");
            await talk.StaySilentAsync();
        });

        Assert.Contains("(the TLS handshake failed: ", (await Assert.ThrowsAsync<Refusal>(() => OpenAsync(relay, "tls"))).Message);
    }

    private static async Task OpenAsync(ScriptedRelay relay, string security, TimeProvider? time = null)
    {
        using var connection = new SmtpConnection(
            relay.Settings(security), new DkimSigner(Options.Create(new DkimOptions())), time ?? TimeProvider.System);
        await connection.OpenAsync(default).WaitAsync(TimeSpan.FromSeconds(20));
    }

    /// <summary>Without a look at the certificate.</summary>
    private static async Task<SmtpSession> PerformAsync(SmtpRelay relay)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(relay.Host, relay.Port);
        return await new SmtpHandshake(relay, (_, _, _, _) => true, timeout.Token).PerformAsync(socket, TimeProvider.System);
    }

    private static async Task GreetAsync(ScriptedTalk talk, params string[] offers)
    {
        // Inside TLS there is no second greeting.
        if (offers.Contains("STARTTLS"))
        {
            await talk.SayAsync("220 relay.example");
        }
        await talk.HearAsync();
        var lines = new List<string> { "relay.example" };
        lines.AddRange(offers);
        var reply = new StringBuilder();
        for (var i = 0; i < lines.Count; i++)
        {
            reply.Append(System.Globalization.CultureInfo.InvariantCulture, $"250{(i == lines.Count - 1 ? ' ' : '-')}{lines[i]}\r\n");
        }
        await talk.SendAsync(reply.ToString());
    }

    private async Task StartTlsAsync(ScriptedTalk talk)
    {
        await talk.HearAsync();
        await talk.SayAsync("220 Go ahead");
        await talk.StartTlsAsync(chain.Server);
    }
}
