using System.Text;
using Newsletter.MailCatcher;

namespace Newsletter.Tests.MailCatcher;

public sealed class HostileInputTests : CatcherTestBase
{
    [Theory]
    [InlineData("BOO", "500 ")]
    [InlineData("", "500 ")]
    [InlineData("NOOP\0", "500 ")]
    [InlineData("NOOP\rRSET", "500 ")]
    [InlineData("EXPN list", "500 ")]
    [InlineData("EHLO", "501 ")]
    [InlineData("MAIL", "501 ")]
    [InlineData("MAIL FROM:", "501 ")]
    [InlineData("MAIL FROM:a@example.com", "501 ")]
    [InlineData("MAIL FROM:<a@example.com", "501 ")]
    [InlineData("MAIL FROM:<a@example.com>x", "501 ")]
    [InlineData("MAIL FROM:<a b@example.com>", "501 ")]
    [InlineData("MAIL FROM:<a@>", "501 ")]
    [InlineData("MAIL FROM:<@example.com>", "501 ")]
    [InlineData("MAIL FROM:<a@b@example.com>", "501 ")]
    [InlineData("MAIL FROM:<\"a>@example.com>", "501 ")]
    [InlineData("MAIL FROM:<a@example.com> EVIL=1", "555 ")]
    [InlineData("MAIL FROM:<\"a> b\"@example.com>", "250 ")]
    [InlineData("MAIL FROM:<@relay.example:a@example.com> BODY=8BITMIME SIZE=10", "250 ")]
    [InlineData("mail from: <a@example.com>", "250 ")]
    [InlineData("RCPT TO:<a@example.com>", "503 ")]
    [InlineData("DATA", "503 ")]
    [InlineData("AUTH PLAIN AHUAcA==", "500 ")]
    public async Task A_wrong_command_gets_a_reply_and_the_connection_goes_on(string command, string reply)
    {
        await using var catcher = Start();
        await using var client = await RawClient.GreetedAsync(catcher.EndPoint);
        Assert.StartsWith(reply, await client.SayAsync(command));
        Assert.StartsWith("250 ", await client.SayAsync("RSET"));
        Assert.StartsWith("250 ", await client.SayAsync("MAIL FROM:<a@example.com>"));
    }

    [Fact]
    public async Task Commands_out_of_order_are_refused()
    {
        await using var catcher = Start();
        await using var client = await RawClient.ConnectAsync(catcher.EndPoint);
        await client.ReplyAsync();
        Assert.StartsWith("503 ", await client.SayAsync("MAIL FROM:<a@example.com>"));
        await client.SayAsync("HELO test");
        await client.SayAsync("MAIL FROM:<a@example.com>");
        Assert.StartsWith("503 ", await client.SayAsync("MAIL FROM:<a@example.com>"));
        Assert.StartsWith("554 ", await client.SayAsync("DATA"));
        Assert.StartsWith("501 ", await client.SayAsync("RCPT TO:<>"));
        Assert.StartsWith("250 ", await client.SayAsync("RCPT TO:<Postmaster>"));
    }

    [Fact]
    public async Task A_line_that_is_too_long_is_thrown_away_and_the_next_one_heard()
    {
        await using var catcher = Start();
        await using var client = await RawClient.GreetedAsync(catcher.EndPoint);
        foreach (var length in new[] { 4095, 5000, 1_000_000 })
        {
            Assert.StartsWith("500 ", await client.SayAsync("NOOP " + new string('x', length)));
            Assert.StartsWith("250 ", await client.SayAsync("NOOP"));
        }

        Assert.StartsWith("250 ", await client.SayAsync("NOOP " + new string('x', 4089)));
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF8_are_no_command()
    {
        await using var catcher = Start();
        await using var client = await RawClient.GreetedAsync(catcher.EndPoint);
        await client.SendAsync(new byte[] { (byte)'N', 0xFF, 0xFE, (byte)'\r', (byte)'\n' });
        Assert.StartsWith("500 ", await client.ReplyAsync());
    }

    [Fact]
    public async Task After_too_many_errors_the_server_has_had_enough()
    {
        await using var catcher = Start();
        await using var client = await RawClient.GreetedAsync(catcher.EndPoint);
        for (var i = 0; i < 11; i++)
        {
            Assert.StartsWith("500 ", await client.SayAsync("GET / HTTP/1.1"));
        }

        Assert.StartsWith("421 4.7.0", await client.ReplyAsync());
        Assert.Equal("", await client.ReplyAsync());
    }

    [Fact]
    public async Task A_flood_of_rubbish_ends_and_others_are_still_served()
    {
        await using var catcher = Start();
        await using var flood = await RawClient.ConnectAsync(catcher.EndPoint);
        var rubbish = new byte[1_000_000];
        new Random(2).NextBytes(rubbish);
        await Assert.ThrowsAsync<IOException>(async () =>
        {
            for (var i = 0; i < 1000; i++)
            {
                await flood.SendAsync(rubbish);
            }
        });

        using var client = await ConnectAsync(catcher);
        await client.SendAsync(Message());
        Assert.Single(Memory.Mails);
    }

    [Fact]
    public async Task A_connection_too_many_is_turned_away_until_another_ends()
    {
        await using var catcher = Start(options => options with { MaxConnections = 2 });
        var first = await RawClient.GreetedAsync(catcher.EndPoint);
        await using var second = await RawClient.GreetedAsync(catcher.EndPoint);
        await using (var third = await RawClient.ConnectAsync(catcher.EndPoint))
        {
            Assert.StartsWith("421 4.7.0", await third.ReplyAsync());
        }

        await first.SayAsync("QUIT");
        Assert.Equal("", await first.ReplyAsync());
        await first.DisposeAsync();
        for (var reply = ""; !reply.StartsWith("220 ", StringComparison.Ordinal);)
        {
            await using var again = await RawClient.ConnectAsync(catcher.EndPoint);
            reply = await again.ReplyAsync();
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("NO")]
    [InlineData("DATA\r\nHello")]
    public async Task A_silent_client_is_sent_away(string lastWords)
    {
        await using var catcher = Start(options => options with { Patience = TimeSpan.FromMilliseconds(300) });
        await using var client = await RawClient.GreetedAsync(catcher.EndPoint, "a@example.com");
        await client.SendAsync(lastWords);
        var reply = await client.ReplyAsync();
        Assert.StartsWith("421 4.4.2", reply.StartsWith("354", StringComparison.Ordinal) ? await client.ReplyAsync() : reply);
        Assert.Empty(Memory.Mails);
    }

    [Fact]
    public async Task One_byte_at_a_time_does_not_hold_a_connection_for_ever()
    {
        await using var catcher = Start(options => options with { Patience = TimeSpan.FromMilliseconds(300) });
        await using var client = await RawClient.GreetedAsync(catcher.EndPoint);
        var reply = client.ReplyAsync();
        for (var i = 0; i < 400 && !reply.IsCompleted; i++)
        {
            await client.SendAsync("x");
            await Task.Delay(50);
        }

        Assert.StartsWith("421 4.4.2", await reply);
    }

    [Fact]
    public async Task A_thousand_recipients_are_enough()
    {
        await using var catcher = Start();
        await using var client = await RawClient.GreetedAsync(catcher.EndPoint, "r0@example.com");
        var commands = new StringBuilder();
        for (var i = 1; i <= 1000; i++)
        {
            commands.Append("RCPT TO:<r").Append(i).Append("@example.com>\r\n");
        }

        await client.SendAsync(commands.ToString());
        for (var i = 1; i < 1000; i++)
        {
            Assert.StartsWith("250 ", await client.ReplyAsync());
        }

        Assert.StartsWith("452 4.5.3", await client.ReplyAsync());
    }

    [Fact]
    public async Task A_keeper_that_cannot_store_is_a_temporary_failure()
    {
        await using var catcher = Start(options => options with { Keeper = new FullDisk() });
        await using var client = await RawClient.GreetedAsync(catcher.EndPoint, "a@example.com");
        await client.SayAsync("DATA");
        Assert.StartsWith("452 4.3.1", await client.SayAsync("Hello\r\n."));
        Assert.StartsWith("250 ", await client.SayAsync("NOOP"));
    }

    private sealed class FullDisk : IMailKeeper
    {
        public ValueTask KeepAsync(CaughtMail mail) => throw new IOException("No space left on device");
    }
}
