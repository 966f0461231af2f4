using System.Text;
using MailKit.Net.Smtp;
using MimeKit;
using Newsletter.MailCatcher;

namespace Newsletter.Tests.MailCatcher;

public sealed class MailFolderTests : CatcherTestBase, IDisposable
{
    private readonly string path = Path.Combine(Path.GetTempPath(), "mail-folder-" + Guid.NewGuid().ToString("N"));

    [Fact]
    public async Task A_mail_on_disk_is_the_mail_that_was_sent()
    {
        var folder = new MailFolder(path);
        await using var catcher = Start(options => options with { Keeper = folder });
        // It begins like an envelope of ours, to forge a recipient.
        const string text = "X-Envelope-To: forged@example.com\r\nX-Envelope-From: forged@example.com\r\nSubject: x\r\n\r\nHello \u00fc\r\n";
        await SendAsync(catcher, "a@example.com", text);

        var mail = Assert.Single(await folder.ListAsync(0, 10));
        Assert.Equal("sender@example.com", mail.From);
        Assert.Equal(["a@example.com"], mail.Recipients);
        Assert.Equal(text, Encoding.UTF8.GetString(mail.Raw));
        Assert.InRange(mail.ReceivedAt, TimeProvider.System.GetUtcNow().AddMinutes(-1), TimeProvider.System.GetUtcNow());
        Assert.Equal(mail.Raw, (await folder.OpenAsync(mail.Id))!.Raw);
    }

    [Fact]
    public async Task The_file_is_a_message_that_any_mail_program_opens_with_the_envelope_on_top()
    {
        await using var catcher = Start(options => options with { Keeper = new MailFolder(path) });
        using var client = await ConnectAsync(catcher);
        await client.SendAsync(Message("Grüße", "a@example.com", "b@example.com"));

        var message = await MimeMessage.LoadAsync(Assert.Single(Directory.GetFiles(path)));
        Assert.Equal("Grüße", message.Subject);
        Assert.Equal("sender@example.com", message.Headers["X-Envelope-From"]);
        Assert.Equal(["a@example.com", "b@example.com"], message.Headers.Where(header => header.Field == "X-Envelope-To").Select(header => header.Value));
    }

    [Fact]
    public async Task Folder_and_mails_are_for_this_user_alone()
    {
        await using var catcher = Start(options => options with { Keeper = new MailFolder(path) });
        using var client = await ConnectAsync(catcher);
        await client.SendAsync(Message("Secret", "a@example.com"));
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(path));
        Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(Assert.Single(Directory.GetFiles(path))));
    }

    [Fact]
    public async Task The_newest_mails_come_first_page_by_page()
    {
        var folder = new MailFolder(path);
        await using var catcher = Start(options => options with { Keeper = folder });
        using var client = await ConnectAsync(catcher);
        for (var i = 1; i <= 5; i++)
        {
            await client.SendAsync(Message($"{i}"));
        }

        await File.WriteAllTextAsync(Path.Combine(path, "stranger.eml"), "Subject: not ours\r\n\r\n");
        Assert.Equal(5, folder.Count());
        Assert.Equal(["5", "4"], (await folder.ListAsync(0, 2)).Select(mail => mail.Message.Subject));
        Assert.Equal(["1"], (await folder.ListAsync(4, 2)).Select(mail => mail.Message.Subject));
        Assert.Empty(await folder.ListAsync(5, 2));
    }

    [Fact]
    public async Task Two_catchers_share_a_folder_and_a_reader_never_sees_half_a_mail()
    {
        await using var one = Start(options => options with { Keeper = new MailFolder(path) });
        await using var two = Start(options => options with { Keeper = new MailFolder(path) });
        var reader = new MailFolder(path);
        var text = new string('x', 500_000) + "\r\n";
        var sending = Task.WhenAll(new[] { one, two, one, two }.Select(async catcher =>
        {
            for (var i = 0; i < 20; i++)
            {
                await SendAsync(catcher, "a@example.com", text);
            }
        }));
        while (!sending.IsCompleted)
        {
            Assert.All(await reader.ListAsync(0, 3), mail => Assert.Equal(text.Length, mail.Raw.Length));
        }

        await sending;
        Assert.Equal(80, reader.Count());
        Assert.Empty(Directory.GetFiles(path, "*.tmp"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("../secret")]
    [InlineData("/etc/passwd")]
    [InlineData("20261123T2203151234567Z-../../secret12")]
    [InlineData("20261123T2203151234567Z-0123456789ABCDEF")]
    [InlineData("20261123T2203151234567Z-0123456789abcdef")]
    [InlineData("20261323T2203151234567Z-0123456789abcdef")]
    public async Task What_is_no_id_or_no_mail_opens_nothing(string id)
    {
        var folder = new MailFolder(Path.Combine(path, "inner"));
        await File.WriteAllTextAsync(Path.Combine(path, "secret.eml"), "secret");
        Assert.Null(await folder.OpenAsync(id));
    }

    [Theory]
    [InlineData("Subject: x\r\n\r\nHello\r\n")]
    [InlineData("X-Envelope-To: a@example.com\r\nno more")]
    [InlineData("")]
    public async Task A_file_without_our_envelope_is_shown_as_it_is(string text)
    {
        const string id = "20261123T2203151234567Z-0123456789abcdef";
        var folder = new MailFolder(path);
        await File.WriteAllTextAsync(Path.Combine(path, id + ".eml"), text);
        var mail = Assert.Single(await folder.ListAsync(0, 10));
        Assert.Equal(("", text), (mail.From, Encoding.UTF8.GetString(mail.Raw)));
        Assert.Empty(mail.Recipients);
    }

    [Fact]
    public async Task A_folder_that_was_taken_away_is_a_temporary_failure_and_no_crash()
    {
        var folder = new MailFolder(path);
        await using var catcher = Start(options => options with { Keeper = folder });
        using var client = await ConnectAsync(catcher);
        Directory.Delete(path);
        var refusal = await Assert.ThrowsAsync<SmtpCommandException>(() => client.SendAsync(Message()));
        Assert.Equal(452, (int)refusal.StatusCode);
        Directory.CreateDirectory(path);
        await client.SendAsync(Message());
        Assert.Equal(1, folder.Count());
    }

    public void Dispose()
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private static async Task SendAsync(Catcher catcher, string recipient, string text)
    {
        await using var client = await RawClient.GreetedAsync(catcher.EndPoint, recipient);
        Assert.StartsWith("354 ", await client.SayAsync("DATA"));
        await client.SendAsync(text + ".\r\n");
        Assert.StartsWith("250 ", await client.ReplyAsync());
    }
}
