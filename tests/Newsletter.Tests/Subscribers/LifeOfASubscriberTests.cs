using Newsletter.Membership;
using Newsletter.Subscribers;

namespace Newsletter.Tests.Subscribers;

public sealed class LifeOfASubscriberTests : PeopleTest
{
    private static readonly Preferences Everything = new()
    {
        Name = "Ann Lee", Roles = ["CTO", "Basket Weaver"], Topics = ["RAG", "Agents"], MutedTopics = ["Crypto"], Cadence = "weekly",
        Weekday = 1, Timezone = "Europe/Berlin", Hour = 8, Depth = "full", TooFew = "roll_over", Language = "en",
        PausedUntil = new(2027, 4, 1),
    };

    [Fact]
    public async Task Every_preference_comes_back_as_it_was_saved()
    {
        var added = await Enrolment.AddAsync(Address("Ann@example.com"), Everything, confirmed: false, "cli");
        Assert.Equal("pending", added.Status);
        Assert.Equal(Time.GetUtcNow(), added.CreatedAt);
        Assert.Equivalent(Everything, added.Preferences, strict: true);
        Assert.Equivalent(added, await Subscribers.FindAsync(added.Id), strict: true);
        Assert.Equal((added.Id, "Ann@example.com", "confirm", 1),
            Assert.Single(await Notices.ClaimAsync(10)) is var n ? (n.Subscriber.Id, n.Email, n.Kind, n.Attempt) : default);
    }

    [Fact]
    public async Task Confirming_works_for_the_pending_only_and_twice_is_once()
    {
        var ann = await Enrolment.AddAsync(Address("ann@example.com"), new(), confirmed: false, "cli");
        var at = Time.GetUtcNow();
        var link = await LinkAsync("ann@example.com");
        Assert.Equal(
            (ConfirmationState.Confirmed, at),
            await Confirmation.ConfirmAsync(link) is var first ? (first.State, first.Subscriber!.ConfirmedAt) : default);
        Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(
            (ConfirmationState.AlreadyConfirmed, at),
            await Confirmation.ConfirmAsync(link) is var again ? (again.State, again.Subscriber!.ConfirmedAt) : default);
        await Unsubscribing.LeaveAsync(ann.Id);
        Assert.Equal(ConfirmationState.Left, (await Confirmation.ConfirmAsync(link)).State);
        Assert.Equal("unsubscribed", (await FindAsync("ann@example.com"))!.Status);
        Assert.Equal(ConfirmationState.Expired, (await Confirmation.ConfirmAsync(link with { Row = new(4711, 1) })).State);
        Assert.Equal(ConfirmationState.Expired, (await Confirmation.ConfirmAsync(link with { Row = link.Row with { Secret = 1 } })).State);
    }

    [Fact]
    public async Task Leaving_works_at_once_for_everybody_and_twice_is_once()
    {
        var confirmed = await AddConfirmedAsync("ann@example.com");
        var pending = await Enrolment.AddAsync(Address("bob@example.com"), new(), confirmed: false, "cli");
        var at = Time.GetUtcNow();
        Assert.True(await Unsubscribing.LeaveAsync(confirmed.Id));
        Assert.True(await Unsubscribing.LeaveAsync(pending.Id));
        Time.Advance(TimeSpan.FromHours(1));
        Assert.False(await Unsubscribing.LeaveAsync(confirmed.Id));
        Assert.False(await Unsubscribing.LeaveAsync(4711));
        Assert.Equal(("unsubscribed", at), (await FindAsync("ann@example.com"))! is var a ? (a.Status, a.UnsubscribedAt) : default);
    }

    [Fact]
    public async Task An_operator_adds_unknown_people_only()
    {
        var ann = await AddConfirmedAsync("ann@example.com");
        Assert.Equal(("confirmed", "stated by cli", Time.GetUtcNow()), (ann.Status, ann.Consent, ann.ConfirmedAt));
        await RefusedAsync("ann@example.com", "already exists with the status");
        await Unsubscribing.LeaveAsync(ann.Id);
        await RefusedAsync("ann@example.com", "has unsubscribed");
        await Suppressions.AddAsync(Address("bob@example.com"), "bounced", "cli");
        await RefusedAsync("bob@example.com", "suppressed");
        Assert.Null(await FindAsync("bob@example.com"));

        async Task RefusedAsync(string email, string why)
        {
            var refusal = await Assert.ThrowsAsync<Refusal>(() => AddConfirmedAsync(email));
            Assert.Equal(RefusalKind.Conflict, refusal.Kind);
            Assert.Contains(why, refusal.Message);
        }
    }

    [Fact]
    public async Task Preferences_change_as_a_whole_or_not_at_all()
    {
        var ann = await AddConfirmedAsync("ann@example.com", Everything);
        var changed = await PreferenceChange.ApplyAsync(ann.Id, p => p with { Roles = ["PM"], Hour = null, PausedUntil = null, Cadence = "daily" });
        Assert.Equivalent(Everything with { Roles = ["PM"], Hour = null, PausedUntil = null, Cadence = "daily" }, changed.Preferences, strict: true);
        Assert.Equivalent(changed, await Subscribers.FindAsync(ann.Id), strict: true);

        await Assert.ThrowsAsync<Refusal>(() => PreferenceChange.ApplyAsync(ann.Id, p => p with { Roles = [], MutedTopics = ["rag"] }));
        Assert.Equivalent(changed, await Subscribers.FindAsync(ann.Id), strict: true);
        Assert.Equal(RefusalKind.NotFound, (await Assert.ThrowsAsync<Refusal>(() => PreferenceChange.ApplyAsync(4711, p => p))).Kind);
    }

    [Fact]
    public async Task Two_spellings_of_one_role_are_kept_as_one()
    {
        var ann = await AddConfirmedAsync("ann@example.com", new() { Roles = ["Basket Weaver", "basket-weavers"] });
        Assert.Equal(["Basket Weaver"], ann.Preferences.Roles);
        Assert.Equal(ann.Id, (await Subscribers.GetAsync(Address("ANN@example.com"))).Id);
        Assert.Equal(RefusalKind.NotFound, (await Assert.ThrowsAsync<Refusal>(() => Subscribers.GetAsync(Address("nobody@example.com")))).Kind);
    }

    [Fact]
    public async Task Changes_at_once_do_not_undo_each_other()
    {
        var ann = await AddConfirmedAsync("ann@example.com");
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            Task.Run(() => PreferenceChange.ApplyAsync(ann.Id, p => p with { Topics = [.. p.Topics, $"topic {i}"] }))));
        Assert.Equal(20, (await Subscribers.FindAsync(ann.Id))!.Preferences.Topics.Length);
    }

    [Fact]
    public async Task Erasing_leaves_nothing_that_identifies()
    {
        var ann = await Enrolment.AddAsync(Address("ann.lee@example.com"), Everything, confirmed: false, "cli");
        await ExecuteAsync(
            $"""
            insert into digests (slug, name, created_at) values ('weekly', 'Weekly', now());
            insert into editions (digest_id, state, created_at) values (1, 'sent', now());
            insert into digest_leavers values (1, {ann.Id}, now());
            create table deliveries_1 partition of deliveries for values in (1);
            insert into deliveries (edition_id, subscriber_id, state, reply)
            values (1, {ann.Id}, 'failed', '550 <ann.lee@example.com> unknown'), (1, 999, 'failed', 'kept');
            """);
        Assert.True(await Erasure.EraseAsync(ann.Id, "ops@example.com"));
        Assert.False(await Erasure.EraseAsync(ann.Id, "ops@example.com"));

        Assert.Null(await Subscribers.FindAsync(ann.Id));
        Assert.Equal(0, await ScalarAsync<long>("select count(*) from notices"));
        Assert.Equal(0, await ScalarAsync<long>("select count(*) from digest_leavers"));
        Assert.Equal(1, await ScalarAsync<long>($"select count(*) from deliveries where subscriber_id = {ann.Id} and reply is null"));
        Assert.Equal(1, await ScalarAsync<long>("select count(*) from deliveries where reply = 'kept'"));
        var entry = Assert.Single(await Audit.LatestAsync(10));
        Assert.Equal(("ops@example.com", "subscriber erased", $"subscriber {ann.Id}"), (entry.Actor, entry.Action, entry.Subject));
    }

    [Fact]
    public async Task Lists_go_on_after_the_last_id_and_counts_go_by_status_and_role()
    {
        for (var i = 0; i < 5; i++)
        {
            await AddConfirmedAsync($"a{i}@example.com", new() { Roles = i == 0 ? ["CTO", "Boss"] : ["PM"] });
        }

        await Enrolment.AddAsync(Address("p@example.com"), new() { Roles = ["PM"] }, confirmed: false, "cli");

        var first = await Subscribers.ListAsync("confirmed", 3);
        var rest = await Subscribers.ListAsync("confirmed", 3, first[^1].Id);
        Assert.Equal(["a0@example.com", "a1@example.com", "a2@example.com", "a3@example.com", "a4@example.com"], first.Concat(rest).Select(s => s.Email));
        Assert.Equal(6, (await Subscribers.ListAsync(null, 100)).Count);
        Assert.Equal("p@example.com", Assert.Single(await Subscribers.ListAsync("pending", 100)).Email);

        Assert.Equal(new Dictionary<string, long> { ["pending"] = 1, ["confirmed"] = 5, ["unsubscribed"] = 0 }, await Subscribers.CountByStatusAsync());
    }
}
