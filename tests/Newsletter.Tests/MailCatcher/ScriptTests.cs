using System.Diagnostics;
using MailKit.Net.Smtp;
using Newsletter.MailCatcher;

namespace Newsletter.Tests.MailCatcher;

public sealed class ScriptTests : CatcherTestBase
{
    [Theory]
    [InlineData(Step.Mail, 0)]
    [InlineData(Step.Rcpt, 0)]
    [InlineData(Step.Data, 0)]
    [InlineData(Step.Body, 0)]
    [InlineData(Step.Dot, 0)]
    [InlineData(Step.Stored, 1)]
    public async Task A_dropped_connection_stores_the_mail_only_after_the_final_dot(Step step, int stored)
    {
        Script.On(step, new Deed.Drop(), times: 1);
        await using var catcher = Start();
        using var client = await ConnectAsync(catcher);
        await Assert.ThrowsAnyAsync<Exception>(() => client.SendAsync(Message()));
        Assert.Equal(stored, Memory.Mails.Count);

        // Once only: the next connection works.
        using var next = await ConnectAsync(catcher);
        await next.SendAsync(Message());
        Assert.Equal(stored + 1, Memory.Mails.Count);
    }

    [Theory]
    [InlineData(Step.Connect)]
    [InlineData(Step.Ehlo)]
    public async Task A_connection_can_be_dropped_before_any_mail(Step step)
    {
        Script.On(step, new Deed.Drop());
        await using var catcher = Start();
        await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(catcher));
        Script.Clear();
        using var client = await ConnectAsync(catcher);
    }

    [Theory]
    [InlineData(Step.Mail, SmtpErrorCode.SenderNotAccepted, 0)]
    [InlineData(Step.Rcpt, SmtpErrorCode.RecipientNotAccepted, 0)]
    [InlineData(Step.Data, SmtpErrorCode.UnexpectedStatusCode, 0)]
    [InlineData(Step.Dot, SmtpErrorCode.MessageNotAccepted, 0)]
    [InlineData(Step.Stored, SmtpErrorCode.MessageNotAccepted, 1)]
    public async Task A_scripted_reply_reaches_the_client_and_the_connection_goes_on(Step step, SmtpErrorCode error, int stored)
    {
        Script.On(step, new Deed.Reply(451, "4.3.0 Try again"), times: 1);
        await using var catcher = Start();
        using var client = await ConnectAsync(catcher);
        var refusal = await Assert.ThrowsAsync<SmtpCommandException>(() => client.SendAsync(Message()));
        Assert.Equal((451, error), ((int)refusal.StatusCode, refusal.ErrorCode));
        Assert.Contains("Try again", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(stored, Memory.Mails.Count);

        await client.SendAsync(Message());
        Assert.Equal(stored + 1, Memory.Mails.Count);
    }

    [Fact]
    public async Task Only_the_recipient_that_is_named_is_refused()
    {
        Script.On(Step.Rcpt, new Deed.Reply(550, "5.1.1 No such user"), recipient: "Gone@example.com");
        await using var catcher = Start();
        using var client = await ConnectAsync(catcher);
        await client.SendAsync(Message("1", "here@example.com"));
        var refusal = await Assert.ThrowsAsync<SmtpCommandException>(() => client.SendAsync(Message("2", "gone@example.com")));
        Assert.Equal("gone@example.com", refusal.Mailbox?.Address);
        await client.SendAsync(Message("3", "here@example.com"));
        Assert.Equal(["1", "3"], Memory.Mails.Select(mail => mail.Message.Subject));
    }

    [Fact]
    public async Task A_rule_for_a_recipient_holds_for_the_whole_message()
    {
        Script.On(Step.Dot, new Deed.Reply(554, "5.7.1 Looks like spam"), recipient: "b@example.com");
        await using var catcher = Start();
        using var client = await ConnectAsync(catcher);
        await Assert.ThrowsAsync<SmtpCommandException>(() => client.SendAsync(Message("x", "a@example.com", "b@example.com")));
        await client.SendAsync(Message("y", "a@example.com"));
        Assert.Equal("y", Assert.Single(Memory.Mails).Message.Subject);
    }

    [Fact]
    public async Task Only_the_third_and_fourth_message_fail()
    {
        Script.On(Step.Dot, new Deed.Reply(450, "4.2.0 Not now"), first: 3, times: 2);
        await using var catcher = Start();
        using var client = await ConnectAsync(catcher);
        var failed = new List<int>();
        for (var i = 1; i <= 6; i++)
        {
            try
            {
                await client.SendAsync(Message($"{i}"));
            }
            catch (SmtpCommandException)
            {
                failed.Add(i);
            }
        }

        Assert.Equal([3, 4], failed);
        Assert.Equal(["1", "2", "5", "6"], Memory.Mails.Select(mail => mail.Message.Subject));
    }

    [Fact]
    public async Task After_421_the_server_closes()
    {
        Script.On(Step.Mail, new Deed.Reply(421, "4.3.2 Restarting"), first: 2);
        await using var catcher = Start();
        using var client = await ConnectAsync(catcher);
        await client.SendAsync(Message());
        await Assert.ThrowsAnyAsync<Exception>(() => client.SendAsync(Message()));
        Assert.False(client.IsConnected);
        Assert.Single(Memory.Mails);
    }

    [Fact]
    public async Task A_refused_connection_gets_the_reply_instead_of_the_greeting()
    {
        Script.On(Step.Connect, new Deed.Reply(554, "5.3.2 No service"));
        await using var catcher = Start();
        await using var client = await RawClient.ConnectAsync(catcher.EndPoint);
        Assert.Equal("554 5.3.2 No service", await client.ReplyAsync());
        Assert.Equal("", await client.ReplyAsync());
    }

    [Fact]
    public async Task Replies_to_earlier_commands_of_a_group_arrive_before_the_drop()
    {
        Script.On(Step.Rcpt, new Deed.Drop());
        await using var catcher = Start();
        await using var client = await RawClient.GreetedAsync(catcher.EndPoint);
        await client.SendAsync("MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\n");
        Assert.StartsWith("250 2.1.0", await client.ReplyAsync());
        Assert.Equal("", await client.ReplyAsync());
    }

    [Fact]
    public async Task A_stall_lasts_its_time_and_then_the_duty_is_done()
    {
        Script.On(Step.Stored, new Deed.Stall(TimeSpan.FromMilliseconds(300)), times: 1);
        await using var catcher = Start(options => options with { Patience = TimeSpan.FromMilliseconds(200) });
        using var client = await ConnectAsync(catcher);
        var start = Stopwatch.GetTimestamp();
        await client.SendAsync(Message());
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 290, 10_000);
        Assert.Single(Memory.Mails);
    }

    [Fact]
    public async Task A_stall_then_the_next_rule()
    {
        Script.On(Step.Data, new Deed.Stall(TimeSpan.FromMilliseconds(50))).On(Step.Data, new Deed.Reply(451, "4.3.0 Later"));
        await using var catcher = Start();
        using var client = await ConnectAsync(catcher);
        await Assert.ThrowsAsync<SmtpCommandException>(() => client.SendAsync(Message()));
    }

    [Fact]
    public async Task A_stall_does_not_hold_up_the_end()
    {
        Script.On(Step.Data, new Deed.Stall(TimeSpan.FromHours(1)));
        var catcher = Start();
        using var client = await ConnectAsync(catcher);
        var sending = client.SendAsync(Message());
        await Task.Delay(50);
        await catcher.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        await Assert.ThrowsAnyAsync<Exception>(() => sending);
    }
}
