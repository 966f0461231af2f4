using Newsletter.Links;
using Newsletter.Membership;
using Newsletter.Notices;
using Newsletter.Tests.Subscribers;

namespace Newsletter.Tests.Notices;

public sealed class NoticeStoreTests : PeopleTest
{
    [Fact]
    public async Task A_notice_is_claimed_by_one_of_many_workers()
    {
        for (var i = 0; i < 20; i++)
        {
            await SignUp.RequestAsync(Address($"a{i}@example.com"), [], []);
        }

        var claims = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => Notices.ClaimAsync(5))));
        Assert.Equal(20, claims.SelectMany(c => c).Select(n => n.Row.Id).Distinct().Count());
        Assert.Equal(20, claims.Sum(c => c.Count));
        Assert.Empty(await Notices.ClaimAsync(5));
    }

    [Fact]
    public async Task A_sent_notice_is_not_sent_again()
    {
        await Notices.SentAsync(await ClaimOneAsync());
        Assert.Equal("sent", await StateAsync());
        Time.Advance(TimeSpan.FromDays(1));
        Assert.Empty(await Notices.ClaimAsync(5));
    }

    [Fact]
    public async Task A_notice_is_tried_five_times_at_growing_distances()
    {
        var notice = await ClaimOneAsync();
        foreach (var minutes in new[] { 1, 5, 25, 125 })
        {
            await Notices.AgainAsync(notice, "451 later");
            Assert.Equal("due", await StateAsync());
            Time.Advance(TimeSpan.FromMinutes(minutes) - TimeSpan.FromSeconds(1));
            Assert.Empty(await Notices.ClaimAsync(5));
            Time.Advance(TimeSpan.FromSeconds(1));
            notice = Assert.Single(await Notices.ClaimAsync(5));
        }
        Assert.Equal(5, notice.Attempt);
        await Notices.AgainAsync(notice, "451 later\0 " + new string('x', 1000));
        Assert.Equal("failed", await StateAsync());
        Assert.Equal(500, (await ScalarAsync<string>("select reply from notices"))!.Length);
    }

    [Fact]
    public async Task A_refused_notice_has_failed_at_once()
    {
        await Notices.FailedAsync(await ClaimOneAsync(), "550 unknown");
        Assert.Equal("failed", await StateAsync());
        Assert.Equal("550 unknown", await ScalarAsync<string>("select reply from notices"));
    }

    [Fact]
    public async Task What_a_dead_process_claimed_is_claimed_again_and_its_late_answer_is_ignored()
    {
        var dead = await ClaimOneAsync();
        Time.Advance(TimeSpan.FromMinutes(15));
        var again = Assert.Single(await Notices.ClaimAsync(5));
        Assert.Equal((dead.Row.Id, 2), (again.Row.Id, again.Attempt));
        await Notices.FailedAsync(dead, "late");
        Assert.Equal("sending", await StateAsync());
    }

    [Fact]
    public async Task A_notice_whose_last_attempt_never_ended_has_failed()
    {
        await ClaimOneAsync();
        for (var i = 0; i < 10; i++)
        {
            Time.Advance(TimeSpan.FromMinutes(15));
            await Notices.ClaimAsync(5);
        }
        Assert.Equal("failed", await StateAsync());
        Assert.Equal(5, await ScalarAsync<short>("select attempt from notices"));
    }

    [Theory]
    [InlineData("update subscribers set status = 'confirmed'")]
    [InlineData("update sign_ups set ended_at = now()")]
    [InlineData("update sign_ups set expires_at = created_at")]
    [InlineData("update notices set sign_up_id = null")]
    [InlineData("insert into suppressions values ('ann@example.com', 'complaint', now())")]
    public async Task Nobody_gets_a_confirmation_that_is_no_longer_wanted(string change)
    {
        await SignUp.RequestAsync(Address("ann@example.com"), [], []);
        await ExecuteAsync(change);
        Assert.Empty(await Notices.ClaimAsync(5));
        Assert.Equal("failed", await StateAsync());
    }

    [Theory]
    [InlineData(NoticeKind.Confirm, "due")]
    [InlineData(NoticeKind.Preferences, "due")]
    [InlineData(NoticeKind.Export, "due")]
    [InlineData(NoticeKind.Erase, "due")]
    [InlineData(NoticeKind.Welcome, "uncertain")]
    [InlineData(NoticeKind.Goodbye, "uncertain")]
    public async Task Only_what_somebody_waits_for_is_sent_again_when_nobody_knows_whether_it_arrived(string kind, string state)
    {
        await AddAsync(kind);
        var notice = Assert.Single(await Notices.ClaimAsync(5));
        await Notices.UncertainAsync(notice, "the connection was lost");
        Assert.Equal(state, await StateAsync());

        await ExecuteAsync($"update notices set state = 'sending', due_at = '{Time.GetUtcNow():O}'");
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(state == "due" ? 1 : 0, (await Notices.ClaimAsync(5)).Count);
        Assert.Equal(state == "due" ? "sending" : "uncertain", await StateAsync());
    }

    [Fact]
    public async Task What_a_person_did_is_followed_by_one_mail_a_day_whatever_they_press()
    {
        var ann = await Enrolment.AddAsync(Address("ann@example.com"), new(), confirmed: false, "cli");
        var link = await LinkAsync("ann@example.com");
        await Confirmation.ConfirmAsync(link);
        await Confirmation.ConfirmAsync(link);
        Assert.Equal([NoticeKind.Welcome], await KindsAsync());
        for (var i = 0; i < 3; i++)
        {
            await Unsubscribing.LeaveAsync(ann.Id);
            await Unsubscribing.LeaveAsync(ann.Id);
            Assert.Equal(i == 0 ? [NoticeKind.Goodbye] : [], await KindsAsync());
            Assert.Equal("confirmed", (await Confirmation.ConfirmAsync(ReturnLink(ann))).Subscriber!.Status);
        }
        Time.Advance(TimeSpan.FromHours(25));
        await Unsubscribing.LeaveAsync(ann.Id);
        Assert.Equal([NoticeKind.Goodbye], await KindsAsync());
    }

    [Fact]
    public async Task Who_never_confirmed_gets_no_goodbye_and_who_is_suppressed_neither()
    {
        var bob = await Enrolment.AddAsync(Address("bob@example.com"), new(), confirmed: false, "cli");
        await Unsubscribing.LeaveAsync(bob.Id);
        var ann = await AddConfirmedAsync("ann@example.com");
        await Suppressions.AddAsync(Address("ann@example.com"), "complaint", "test");
        await Unsubscribing.LeaveAsync(ann.Id);
        Assert.Empty(await Notices.ClaimAsync(5));
        Assert.Equal(0, await ScalarAsync<long>("select count(*) from notices where state in ('due', 'sending')"));
        Assert.Equal(
            (ConfirmationState.Left, null),
            await Confirmation.ConfirmAsync(new(LinkPurpose.Return, new(4711, 0))) is var gone ? (gone.State, gone.Subscriber) : default);
    }

    [Fact]
    public async Task One_who_came_back_in_between_is_not_told_goodbye()
    {
        var ann = await AddConfirmedAsync("ann@example.com");
        await Unsubscribing.LeaveAsync(ann.Id);
        await Confirmation.ConfirmAsync(ReturnLink(ann));
        Assert.Empty(await Notices.ClaimAsync(5));
        Assert.Equal("failed", await StateAsync());
    }

    [Fact]
    public async Task Behind_any_number_that_nobody_wants_the_next_one_is_found()
    {
        for (var i = 0; i < 12; i++)
        {
            await SignUp.RequestAsync(Address($"a{i}@example.com"), [], []);
        }
        await ExecuteAsync("update subscribers set status = 'confirmed'");
        Time.Advance(TimeSpan.FromSeconds(1));
        await SignUp.RequestAsync(Address("ann@example.com"), [], []);
        Assert.Equal("ann@example.com", Assert.Single(await Notices.ClaimAsync(5)).Email);
        Assert.False(await Notices.IsAnyDueAsync());
    }

    /// <summary>A notice of this kind is due to somebody who may get it.</summary>
    private async Task AddAsync(string kind)
    {
        var ann = await Enrolment.AddAsync(Address("ann@example.com"), new(), confirmed: kind is not NoticeKind.Confirm, "cli");
        await ExecuteAsync(
            $"""
            delete from notices;
            insert into notices (subscriber_id, kind, sign_up_id, due_at, created_at)
            values ({ann.Id}, '{kind}', (select id from sign_ups), '{Time.GetUtcNow():O}', '{Time.GetUtcNow():O}');
            """ + (kind == NoticeKind.Goodbye ? "update subscribers set status = 'unsubscribed', unsubscribed_at = now()" : ""));
    }

    /// <summary>Kinds of the notices that are due now; they are sent.</summary>
    private async Task<IEnumerable<string>> KindsAsync()
    {
        var claimed = await Notices.ClaimAsync(10);
        foreach (var notice in claimed)
        {
            await Notices.SentAsync(notice);
        }
        return claimed.Select(notice => notice.Kind);
    }

    private async Task<Notice> ClaimOneAsync()
    {
        await SignUp.RequestAsync(Address("ann@example.com"), [], []);
        return Assert.Single(await Notices.ClaimAsync(5));
    }

    private Task<string?> StateAsync() => ScalarAsync<string>("select state from notices");
}
