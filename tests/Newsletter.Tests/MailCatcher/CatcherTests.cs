using System.Net;
using System.Net.Sockets;
using System.Text;
using MimeKit;
using Newsletter.MailCatcher;

namespace Newsletter.Tests.MailCatcher;

public sealed class CatcherTests : CatcherTestBase
{
    [Fact]
    public async Task A_mail_sent_by_MailKit_arrives_byte_for_byte_with_its_envelope()
    {
        await using var catcher = Start();
        using var client = await ConnectAsync(catcher);
        var message = Message("Für 読者", "a@example.com", "b@example.org");
        await client.SendAsync(message);
        await client.DisconnectAsync(true);

        var mail = Assert.Single(Memory.Mails);
        Assert.Equal("sender@example.com", mail.From);
        Assert.Equal(["a@example.com", "b@example.org"], mail.Recipients);
        Assert.Equal("Für 読者", mail.Message.Subject);
        using var sent = new MemoryStream();
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        await message.WriteToAsync(format, sent);
        Assert.Equal(sent.ToArray(), mail.Raw);
    }

    [Theory]
    [InlineData("Subject: x\r\n\r\n.\r\n..\r\n.a\r\n...\r\n")]
    [InlineData(".first\r\n\r\nlast without an end of its own\r\n")]
    [InlineData("bare\n.\nLF and \n.\r\n does not end it, nor does \r\n.\n this\r\n")]
    [InlineData("\r\n\r\n\r\n.\r\r\n\r.\r\n")]
    [InlineData("")]
    public async Task Dot_stuffing_is_undone_whatever_pieces_the_bytes_come_in(string text)
    {
        await using var catcher = Start();
        var stuffed = ("\r\n" + text).Replace("\r\n.", "\r\n..", StringComparison.Ordinal)[2..] + ".\r\n";
        foreach (var size in new[] { 1, 3, 10_000 })
        {
            await using var client = await RawClient.GreetedAsync(catcher.EndPoint, "a@example.com");
            Assert.StartsWith("354 ", await client.SayAsync("DATA"));
            foreach (var piece in Encoding.UTF8.GetBytes(stuffed).Chunk(size))
            {
                await client.SendAsync(piece);
            }

            Assert.StartsWith("250 ", await client.ReplyAsync());
        }

        Assert.Equal(3, Memory.Mails.Count);
        Assert.All(Memory.Mails, mail => Assert.Equal(text, Encoding.UTF8.GetString(mail.Raw)));
    }

    [Fact]
    public async Task A_long_mail_of_random_bytes_arrives_byte_for_byte()
    {
        await using var catcher = Start();
        var bytes = new byte[3_000_000];
        new Random(1).NextBytes(bytes);
        bytes.AsSpan(^2..).Clear();
        "\r\n"u8.CopyTo(bytes.AsSpan(^2..));
        var text = Encoding.Latin1.GetString(bytes);
        var stuffed = ("\r\n" + text).Replace("\r\n.", "\r\n..", StringComparison.Ordinal)[2..] + ".\r\n";
        await using var client = await RawClient.GreetedAsync(catcher.EndPoint, "a@example.com");
        await client.SayAsync("DATA");
        await client.SendAsync(Encoding.Latin1.GetBytes(stuffed));

        Assert.StartsWith("250 ", await client.ReplyAsync());
        Assert.True(bytes.AsSpan().SequenceEqual(Assert.Single(Memory.Mails).Raw));
    }

    [Fact]
    public async Task Several_mails_go_through_one_connection_and_many_connections_at_once()
    {
        await using var catcher = Start();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async connection =>
        {
            using var client = await ConnectAsync(catcher);
            for (var i = 0; i < 25; i++)
            {
                await client.SendAsync(Message($"{connection}-{i}"));
            }
        }));

        Assert.Equal(200, Memory.Mails.Select(mail => mail.Message.Subject).Distinct().Count());
        Assert.Equal(200, Memory.Mails.Select(mail => mail.Id).Distinct().Count());
    }

    [Fact]
    public async Task Commands_sent_in_one_packet_are_answered_in_order()
    {
        await using var catcher = Start();
        await using var client = await RawClient.GreetedAsync(catcher.EndPoint);
        await client.SendAsync("MAIL FROM:<>\r\nRCPT TO:<a@example.com>\r\nDATA\r\n");
        Assert.StartsWith("250 2.1.0", await client.ReplyAsync());
        Assert.StartsWith("250 2.1.5", await client.ReplyAsync());
        Assert.StartsWith("354 ", await client.ReplyAsync());
        await client.SendAsync("Hello\r\n.\r\nRSET\r\nNOOP\r\nVRFY a\r\nQUIT\r\n");
        foreach (var code in new[] { "250 2.0.0 Kept", "250 ", "250 ", "252 ", "221 " })
        {
            Assert.StartsWith(code, await client.ReplyAsync());
        }

        Assert.Equal("", await client.ReplyAsync());
        Assert.Equal("", Assert.Single(Memory.Mails).From);
    }

    [Fact]
    public async Task Addresses_beyond_ASCII_need_SMTPUTF8_and_get_it_from_MailKit()
    {
        await using var catcher = Start();
        using var client = await ConnectAsync(catcher);
        var format = FormatOptions.Default.Clone();
        format.International = true;
        await client.SendAsync(format, Message("x", "użytkownik@example.com"));
        Assert.Equal(["użytkownik@example.com"], Assert.Single(Memory.Mails).Recipients);

        await using var raw = await RawClient.GreetedAsync(catcher.EndPoint);
        Assert.StartsWith("553 ", await raw.SayAsync("MAIL FROM:<użytkownik@example.com>"));
        await raw.SayAsync("MAIL FROM:<a@example.com>");
        Assert.StartsWith("553 ", await raw.SayAsync("RCPT TO:<użytkownik@example.com>"));
    }

    [Fact]
    public async Task A_message_above_the_announced_size_is_refused_before_and_after_it_was_sent()
    {
        await using var catcher = Start(options => options with { MaxMessageBytes = 1000 });
        using var client = await ConnectAsync(catcher);
        Assert.Equal(1000u, client.MaxSize);
        await using var raw = await RawClient.GreetedAsync(catcher.EndPoint);
        Assert.StartsWith("552 5.3.4", await raw.SayAsync("MAIL FROM:<a@example.com> SIZE=1001"));
        await raw.SayAsync("MAIL FROM:<a@example.com>");
        await raw.SayAsync("RCPT TO:<b@example.com>");
        await raw.SayAsync("DATA");
        Assert.StartsWith("552 5.3.4", await raw.SayAsync(new string('x', 1001) + "\r\n."));
        Assert.Empty(Memory.Mails);

        // The connection goes on.
        await client.SendAsync(Message());
        Assert.Single(Memory.Mails);
    }

    [Fact]
    public async Task A_client_is_told_when_the_server_shuts_down()
    {
        var catcher = Start();
        await using var client = await RawClient.GreetedAsync(catcher.EndPoint, "a@example.com");
        await catcher.DisposeAsync();

        Assert.StartsWith("421 4.3.2", await client.ReplyAsync());
        Assert.Equal("", await client.ReplyAsync());
        await Assert.ThrowsAnyAsync<SocketException>(() => RawClient.ConnectAsync(catcher.EndPoint));
    }

    [Fact]
    public void It_listens_on_loopback_only() =>
        Assert.Throws<ArgumentException>(() => Catcher.Start(new IPEndPoint(IPAddress.Any, 0), new CatcherOptions { Keeper = Memory }));

    [Fact]
    public async Task A_waiting_test_gets_the_mail_it_means_or_a_sentence()
    {
        await using var catcher = Start();
        using var client = await ConnectAsync(catcher);
        var second = Memory.WaitForAsync(mail => mail.Message.Subject == "second", TimeSpan.FromSeconds(20));
        await client.SendAsync(Message("first"));
        Assert.False(second.IsCompleted);
        await client.SendAsync(Message("second"));

        Assert.Equal("second", (await second).Message.Subject);
        await Assert.ThrowsAsync<TimeoutException>(() => Memory.WaitForAsync(_ => false, TimeSpan.FromMilliseconds(10)));
    }
}
