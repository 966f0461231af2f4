using Newsletter.Addresses;
using Newsletter.Deliveries;
using Newsletter.Digests;
using Newsletter.Lifecycle;
using Newsletter.MailCatcher;
using Newsletter.Membership;
using Newsletter.Newsroom;
using Newsletter.Subscribers;
using Newsletter.Tests.Support;
using Npgsql;

namespace Newsletter.Tests.Sending;

public sealed class SendingTests : IAsyncLifetime
{
    private readonly TestProduct house = new();

    public async Task InitializeAsync()
    {
        await house.InitializeAsync();
        await house.DigestAsync();
        await house.ArticleAsync("CTO");
    }

    public Task DisposeAsync() => house.DisposeAsync();

    [Fact]
    public async Task A_mail_carries_what_a_list_owes_its_readers()
    {
        await house.ReaderAsync("cto@example.com", "CTO");

        var edition = await house.SendAsync();

        var mail = house.MailsTo("cto@example.com").Single();
        var headers = mail.Message.Headers;
        Assert.Matches(@"^<http://127\.0\.0\.1:8080/unsubscribe/[\w-]{65}>$", headers["List-Unsubscribe"]);
        Assert.Equal("List-Unsubscribe=One-Click", headers["List-Unsubscribe-Post"]);
        Assert.Equal("<news.example.com>", headers["List-Id"]);
        Assert.Equal("news@example.com", mail.From);
        Assert.Equal("multipart/alternative", mail.Message.Body!.ContentType.MimeType);
        Assert.Contains("Article 1", mail.Message.HtmlBody);
        Assert.Contains("Article 1", mail.Message.TextBody);
        Assert.Equal("sent", await house.StateAsync(edition));
    }

    [Fact]
    public async Task The_account_closes_and_an_edition_sent_twice_sends_nothing_more()
    {
        await house.ReaderAsync("a@example.com", "CTO");
        await house.ReaderAsync("b@example.com", "CTO");
        await house.ReaderAsync("nurse@example.com", "Nurse");

        var edition = await house.SendAsync();
        await house.RunAsync(edition);

        var account = new DeliveryAccount { Planned = 3, Sent = 2, Skipped = 1, Failed = 0, Uncertain = 0, Deferred = 0, Due = 0 };
        Assert.Equal(account, await house.AccountAsync(edition));
        Assert.Equal(2, house.Mails.Mails.Count);
        await Assert.ThrowsAsync<Refusal>(() => house.Get<EditionSteps>().SendAsync(edition, "test"));
    }

    [Fact]
    public async Task Whoever_unsubscribes_or_is_suppressed_after_planning_gets_nothing()
    {
        var gone = await house.ReaderAsync("gone@example.com", "CTO");
        await house.ReaderAsync("suppressed@example.com", "CTO");
        var erased = await house.ReaderAsync("erased@example.com", "CTO");
        var edition = await house.StartAsync();
        await house.Get<Unsubscribing>().LeaveAsync(gone.Id);
        await house.Get<SuppressionStore>().AddAsync(EmailAddress.Parse("suppressed@example.com"), "bounced", "test");
        await house.Get<Erasure>().EraseAsync(erased.Id, "test");

        await house.RunAsync(edition);

        Assert.Empty(house.Mails.Mails);
        Assert.Equal((3, 3), ((await house.AccountAsync(edition)).Planned, (await house.AccountAsync(edition)).Skipped));
        Assert.Equal("the reader unsubscribed or was deleted", (await house.Get<Explaining>().WhyAsync(edition, "gone@example.com")).Note);
    }

    [Fact]
    public async Task A_refused_mail_fails_with_the_servers_words_and_gives_the_items_back()
    {
        house.Faults.On(Step.Rcpt, new Deed.Reply(552, "5.2.2 mailbox full"), recipient: "bad@example.com", times: 1);
        await house.ReaderAsync("bad@example.com", "CTO");
        await house.ReaderAsync("good@example.com", "CTO");

        var edition = await house.SendAsync();

        Assert.Equal((1, 1), ((await house.AccountAsync(edition)).Sent, (await house.AccountAsync(edition)).Failed));
        Assert.Contains("5.2.2 mailbox full", (await house.Get<Explaining>().WhyAsync(edition, "bad@example.com")).Note);
        Assert.Equal(1, (await house.PlanAsync()).Deliveries);
    }

    [Fact]
    public async Task A_mailbox_that_does_not_exist_is_suppressed_but_only_when_the_recipient_was_refused()
    {
        house.Faults.On(Step.Rcpt, new Deed.Reply(550, "5.1.1 no such person"), recipient: "bad@example.com", times: 1);
        house.Faults.On(Step.Dot, new Deed.Reply(550, "5.1.1 said of a mail"), recipient: "good@example.com", times: 1);
        await house.ReaderAsync("bad@example.com", "CTO");
        await house.ReaderAsync("good@example.com", "CTO");

        var edition = await house.SendAsync();

        Assert.Equal(2, (await house.AccountAsync(edition)).Failed);
        var suppression = Assert.Single(await house.Get<SuppressionStore>().ListAsync(10));
        Assert.Equal(("bad@example.com", "hard bounce: 550 5.1.1 no such person"), (suppression.EmailKey, suppression.Reason));
    }

    [Fact]
    public async Task A_deferred_mail_is_tried_later_with_the_same_message_id()
    {
        house.Faults.On(Step.Dot, new Deed.Reply(451, "4.7.1 greylisted"), times: 1);
        house.Faults.On(Step.Stored, new Deed.Reply(451, "4.3.0 stored, but said later"), first: 1, times: 1);
        await house.ReaderAsync("cto@example.com", "CTO");
        var edition = await house.SendAsync();
        Assert.Equal(("sending", 1L), (await house.StateAsync(edition), (await house.AccountAsync(edition)).Deferred));

        house.Time.Advance(TimeSpan.FromSeconds(30));
        await house.RunAsync(edition);
        Assert.Equal(1, (await house.AccountAsync(edition)).Deferred);

        house.Time.Advance(TimeSpan.FromMinutes(10));
        await house.RunAsync(edition);
        house.Time.Advance(TimeSpan.FromMinutes(10));
        await house.RunAsync(edition);

        Assert.Equal(("sent", 1L), (await house.StateAsync(edition), (await house.AccountAsync(edition)).Sent));
        Assert.Equal(2, house.MailsTo("cto@example.com").Count);
        Assert.Single(house.MailsTo("cto@example.com").Select(m => m.Message.MessageId).Distinct());
    }

    [Fact]
    public async Task A_connection_lost_before_the_final_dot_is_tried_again_at_once()
    {
        house.Faults.On(Step.Data, new Deed.Drop(), times: 1);
        await house.ReaderAsync("cto@example.com", "CTO");

        var edition = await house.SendAsync();

        Assert.Equal(1, (await house.AccountAsync(edition)).Sent);
        Assert.Single(house.MailsTo("cto@example.com"));
    }

    [Fact]
    public async Task A_connection_lost_twice_before_the_final_dot_is_tried_again_later()
    {
        house.Faults.On(Step.Data, new Deed.Drop(), times: 2);
        await house.ReaderAsync("cto@example.com", "CTO");
        var edition = await house.SendAsync();
        Assert.Equal(1, (await house.AccountAsync(edition)).Deferred);

        house.Time.Advance(TimeSpan.FromMinutes(2));
        await house.RunAsync(edition);

        Assert.Equal(1, (await house.AccountAsync(edition)).Sent);
        Assert.Single(house.MailsTo("cto@example.com"));
    }

    [Fact]
    public async Task A_connection_lost_after_the_final_dot_is_uncertain_and_held()
    {
        house.Faults.On(Step.Stored, new Deed.Drop(), times: 1);
        await house.ReaderAsync("cto@example.com", "CTO");

        var edition = await house.SendAsync();
        house.Time.Advance(TimeSpan.FromHours(1));
        await house.RunAsync(edition);

        Assert.Equal((1, 0), ((await house.AccountAsync(edition)).Uncertain, (await house.AccountAsync(edition)).Due));
        Assert.Single(house.MailsTo("cto@example.com"));
        Assert.Equal("sent", await house.StateAsync(edition));
    }

    [Fact]
    public async Task A_relay_that_closed_an_idle_connection_costs_nobody_a_mail()
    {
        await house.ReaderAsync("first@example.com", "CTO");
        await house.SendAsync();
        house.Faults.On(Step.Mail, new Deed.Drop(), times: 1);
        await house.ReaderAsync("second@example.com", "CTO");

        var edition = await house.SendAsync();

        Assert.Equal((1, 0), ((await house.AccountAsync(edition)).Sent, (await house.AccountAsync(edition)).Deferred));
    }

    [Fact]
    public async Task A_421_on_a_connection_that_was_idle_is_tried_again_at_once()
    {
        await house.ReaderAsync("first@example.com", "CTO");
        await house.SendAsync();
        house.Faults.On(Step.Mail, new Deed.Reply(421, "4.4.2 Waited too long"), times: 1);
        await house.ReaderAsync("second@example.com", "CTO");

        var edition = await house.SendAsync();

        Assert.Equal((1, 0), ((await house.AccountAsync(edition)).Sent, (await house.AccountAsync(edition)).Deferred));
        Assert.Single(house.MailsTo("second@example.com"));
    }

    [Fact]
    public async Task An_edition_sent_at_once_says_what_it_waits_for_whatever_hour_its_readers_wished_for()
    {
        await house.ReaderAsync("cto@example.com", "CTO");
        var edition = await house.StartAsync();
        await house.ExecuteAsync("update deliveries set due_at = $1", house.Time.GetUtcNow().AddHours(8));
        house.Faults.On(Step.Mail, new Deed.Reply(530, "5.7.0 who are you"));

        await Assert.ThrowsAsync<Refusal>(() => house.RunAsync(edition));

        Assert.StartsWith("waits: The SMTP server", (await house.Get<EditionStore>().GetAsync(edition)).Note);
    }

    [Fact]
    public async Task A_relay_that_cannot_be_reached_burns_no_attempt_and_the_edition_says_what_it_waits_for()
    {
        await house.ReaderAsync("cto@example.com", "CTO");
        var edition = await house.StartAsync();
        await house.StopRelayAsync();

        var refusal = await Assert.ThrowsAsync<Refusal>(() => house.RunAsync(edition));

        Assert.Equal(RefusalKind.Unreachable, refusal.Kind);
        Assert.Equal(1, (await house.AccountAsync(edition)).Due);
        Assert.Equal(0, await ScalarAsync<short>($"select attempt from deliveries where edition_id = {edition}"));
        Assert.StartsWith("waits: The SMTP server", (await house.Get<EditionStore>().GetAsync(edition)).Note);
    }

    [Fact]
    public async Task A_relay_that_goes_away_in_the_middle_burns_no_attempt_of_those_it_had_not_got()
    {
        for (var i = 0; i < 20; i++)
        {
            await house.ReaderAsync($"reader{i}@example.com", "CTO");
        }
        house.Faults.On(Step.Connect, new Deed.Drop(), first: 5);
        house.Faults.On(Step.Mail, new Deed.Drop(), first: 9);
        var edition = await house.StartAsync();

        await Assert.ThrowsAsync<Refusal>(() => house.RunAsync(edition));

        var account = await house.AccountAsync(edition);
        Assert.Equal((8L, 12L, 0L), (account.Sent, account.Due, account.Deferred));
        Assert.Equal(0L, await ScalarAsync<long>($"select count(*) from deliveries where edition_id = {edition} and state = 'due' and attempt > 0"));

        house.Faults.Clear();
        await house.RunAsync(edition);
        Assert.Equal(20, (await house.AccountAsync(edition)).Sent);
        Assert.Null((await house.Get<EditionStore>().GetAsync(edition)).Note);
    }

    [Fact]
    public async Task A_relay_that_wants_to_know_who_we_are_fails_nobody()
    {
        house.Faults.On(Step.Mail, new Deed.Reply(530, "5.7.0 authentication required"));
        await house.ReaderAsync("cto@example.com", "CTO");
        var edition = await house.StartAsync();

        var refusal = await Assert.ThrowsAsync<Refusal>(() => house.RunAsync(edition));

        Assert.Contains("Smtp:User", refusal.Message);
        Assert.Equal(1, (await house.AccountAsync(edition)).Due);
    }

    [Fact]
    public async Task A_hostile_reply_is_recorded_as_text()
    {
        house.Faults.On(Step.Rcpt, new Deed.Reply(550, "no\0 \u001b[31m " + string.Concat(Enumerable.Repeat("🙈", 600))));
        await house.ReaderAsync("cto@example.com", "CTO");

        var edition = await house.SendAsync();

        Assert.Equal(1, (await house.AccountAsync(edition)).Failed);
        Assert.DoesNotContain('\u001b', (await house.Get<Explaining>().WhyAsync(edition, "cto@example.com")).Note!);
    }

    [Fact]
    public async Task What_a_cancelled_edition_had_on_the_wire_is_settled_too()
    {
        await house.ReaderAsync("later@example.com", "CTO");
        await house.ReaderAsync("dead@example.com", "CTO");
        var edition = await house.StartAsync();
        await using var sender = await house.SenderAsync(edition);
        var attempts = await sender.MarkAsync(await sender.ClaimAsync());
        await house.Get<EditionSteps>().CancelAsync(edition, "test");

        await sender.RecordAsync(attempts[0], new DeliveryResult { State = DeliveryState.Deferred, Reply = "451 later" });
        await sender.DieAsync();
        await house.Get<DueEditions>().StartAsync();

        var account = await house.AccountAsync(edition);
        Assert.Equal((1L, 1L, 0L, 0L), (account.Skipped, account.Uncertain, account.Due, account.Deferred));
    }

    [Fact]
    public async Task A_claim_that_was_cancelled_meanwhile_is_not_sent()
    {
        await house.ReaderAsync("cto@example.com", "CTO");
        var edition = await house.StartAsync();
        await using var sender = await house.SenderAsync(edition);
        var claimed = await sender.ClaimAsync();

        // The cancelling transaction holds the row when the mark wants it, and commits while the mark waits.
        await using var connection = await house.Database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await house.Get<DeliveryStore>().SkipRestAsync(connection, transaction, edition, SkipReason.Cancelled);
        var marking = Task.Run(() => sender.MarkAsync(claimed));
        await Task.Delay(300);
        Assert.False(marking.IsCompleted);
        await transaction.CommitAsync();

        Assert.Empty(await marking);
    }

    [Fact]
    public async Task Several_senders_at_once_send_to_nobody_twice()
    {
        for (var i = 0; i < 60; i++)
        {
            await house.ReaderAsync($"reader{i}@example.com", "CTO");
        }
        var edition = await house.StartAsync();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => house.RunAsync(edition))));

        Assert.Equal(60, house.Mails.Mails.Count);
        Assert.Equal(60, house.Mails.Mails.SelectMany(m => m.Recipients).Distinct().Count());
        Assert.Equal((60, "sent"), ((await house.AccountAsync(edition)).Sent, await house.StateAsync(edition)));
    }

    [Fact]
    public async Task A_paused_edition_sends_nothing_more_until_it_is_resumed()
    {
        await house.ReaderAsync("cto@example.com", "CTO");
        var edition = await house.StartAsync();
        await house.Get<EditionSteps>().PauseAsync(edition, "test");

        await house.RunAsync(edition);
        Assert.Empty(house.Mails.Mails);
        Assert.Equal(1, (await house.AccountAsync(edition)).Due);

        await house.Get<EditionSteps>().ResumeAsync(edition, "test");
        await house.RunAsync(edition);
        Assert.Single(house.Mails.Mails);
    }

    [Fact]
    public async Task What_a_dead_worker_had_claimed_is_due_again_and_what_it_was_sending_is_uncertain()
    {
        await house.ReaderAsync("claimed@example.com", "CTO");
        await house.ReaderAsync("sending@example.com", "CTO");
        var edition = await house.StartAsync();
        await using var sender = await house.SenderAsync(edition);
        var claimed = await sender.ClaimAsync();
        var attempt = await sender.MarkAsync([claimed[1]]);
        await house.RunAsync(edition);
        Assert.Empty(house.Mails.Mails);

        await sender.DieAsync();
        await house.RunAsync(edition);

        Assert.Equal((1, 1), ((await house.AccountAsync(edition)).Sent, (await house.AccountAsync(edition)).Uncertain));

        // It was only stopped: its late word is heard, for nobody has tried anew.
        await sender.RecordAsync(attempt.Single(), DeliveryResult.Sent);
        Assert.Equal(2, (await house.AccountAsync(edition)).Sent);
    }

    [Fact]
    public async Task A_test_mail_is_marked_and_its_unsubscribe_link_is_inert()
    {
        await house.ReaderAsync("cto@example.com", "CTO");
        var plan = await house.PlanAsync();

        await house.Get<TestSending>().SendAsync(plan.Edition, ["editor@example.com"]);

        var mail = house.MailsTo("editor@example.com").Single().Message;
        Assert.StartsWith("[Test] ", mail.Subject);
        Assert.Null(mail.Headers["List-Unsubscribe"]);
        Assert.Equal(1, (await house.AccountAsync(plan.Edition)).Due);
        await Assert.ThrowsAsync<Refusal>(() => house.Get<TestSending>().SendAsync(plan.Edition, Enumerable.Repeat("a@example.com", 6).ToList()));
    }

    private async Task<T?> ScalarAsync<T>(string sql)
    {
        await using var connection = await house.Database.DataSource.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T?)await command.ExecuteScalarAsync();
    }
}
