using Newsletter.Subscribers;
using Newsletter.Tests.Subscribers;

namespace Newsletter.Tests.Membership;

public sealed class SignUpTests : PeopleTest
{
    [Fact]
    public async Task An_unknown_address_becomes_pending_and_is_asked_to_confirm()
    {
        await SignUp.RequestAsync(Address("Ann@example.com"), ["CTO", "Basket Weaver"], ["RAG"]);
        var ann = await FindAsync("ann@example.com");
        Assert.Equal(("Ann@example.com", "pending", null, null), (ann!.Email, ann.Status, ann.Consent, ann.ConfirmedAt));
        Assert.Equivalent(new Preferences(), ann.Preferences, strict: true);
        var link = await LinkAsync("ann@example.com");
        Assert.Equal(("confirm", link.Row), Assert.Single(await Notices.ClaimAsync(10)) is var n ? (n.Kind, n.SignUp) : default);

        var confirmed = (await Confirmation.ConfirmAsync(link)).Subscriber!;
        Assert.Equal(("confirmed", "confirmed by mail", Time.GetUtcNow()), (confirmed.Status, confirmed.Consent, confirmed.ConfirmedAt));
        Assert.Equivalent(new Preferences { Roles = ["CTO", "Basket Weaver"], Topics = ["RAG"] }, confirmed.Preferences, strict: true);
        Assert.Equal(1, await ScalarAsync<long>("select count(*) from notices where kind = 'welcome'"));
    }

    [Fact]
    public async Task A_request_beyond_one_in_ten_minutes_leaves_nothing_behind()
    {
        await SignUp.RequestAsync(Address("ann@example.com"), ["CTO"], ["RAG"]);
        Time.Advance(TimeSpan.FromMinutes(9));
        await SignUp.RequestAsync(Address("ANN@example.com"), ["Basket Weaver"], []);
        Assert.Equal(
            (1L, 1L, 0L),
            (await NoticesAsync(), await RequestsAsync(), await ScalarAsync<long>("select count(*) from labels where text = 'Basket Weaver'")));
        Time.Advance(TimeSpan.FromMinutes(2));
        await SignUp.RequestAsync(Address("ann@example.com"), ["PM"], []);
        Assert.Equal((2L, 2L), (await NoticesAsync(), await RequestsAsync()));
    }

    [Fact]
    public async Task Nobody_is_mailed_more_than_five_times_a_day()
    {
        for (var i = 0; i < 20; i++)
        {
            await SignUp.RequestAsync(Address("ann@example.com"), [$"Role {i}"], []);
            Time.Advance(TimeSpan.FromMinutes(30));
        }
        Assert.Equal((5L, 5L), (await NoticesAsync(), await RequestsAsync()));
        Time.Advance(TimeSpan.FromDays(1));
        await SignUp.RequestAsync(Address("ann@example.com"), [], []);
        Assert.Equal(6, await NoticesAsync());
    }

    [Fact]
    public async Task Leaving_again_and_again_does_not_let_a_stranger_send_more_mails()
    {
        var ann = await AddConfirmedAsync("ann@example.com");
        await Unsubscribing.LeaveAsync(ann.Id);
        for (var i = 0; i < 20; i++)
        {
            await SignUp.RequestAsync(Address("ann@example.com"), [], []);
            await Unsubscribing.LeaveAsync(ann.Id);
        }
        Assert.Equal(1, await ScalarAsync<long>("select count(*) from notices where kind = 'confirm'"));
    }

    [Fact]
    public async Task For_a_confirmed_address_nothing_changes_but_its_owner_gets_the_preferences_link()
    {
        var before = await AddConfirmedAsync("ann@example.com", new() { Roles = ["CTO"], Topics = ["RAG"] });
        await SignUp.RequestAsync(Address("ann@example.com"), ["Nurse"], ["Beds"]);
        Assert.Equivalent(before, await FindAsync("ann@example.com"), strict: true);
        Assert.Equal("preferences", Assert.Single(await Notices.ClaimAsync(10)).Kind);
        Assert.Equal(0, await RequestsAsync());
    }

    [Fact]
    public async Task A_suppressed_address_leaves_no_trace()
    {
        await Suppressions.AddAsync(Address("ann@example.com"), "complaint", "cli");
        await SignUp.RequestAsync(Address("Ann@example.com"), ["CTO"], []);
        Assert.Null(await FindAsync("ann@example.com"));
        Assert.Equal(0, await NoticesAsync());
    }

    [Fact]
    public async Task Many_sign_ups_of_one_address_at_once_make_one_subscriber_and_one_mail()
    {
        await Task.WhenAll(Enumerable.Range(0, 30).Select(i =>
            Task.Run(() => SignUp.RequestAsync(Address("ann@example.com"), i % 2 == 0 ? ["CTO", "PM"] : ["PM", "CTO"], []))));
        Assert.Equal((1L, 1L), (await ScalarAsync<long>("select count(*) from subscribers"), await RequestsAsync()));
        Assert.Equal(1, await NoticesAsync());
    }

    [Fact]
    public async Task Many_sign_ups_of_many_addresses_with_the_same_new_roles_do_not_lock_each_other_out()
    {
        await Task.WhenAll(Enumerable.Range(0, 30).Select(i =>
            Task.Run(() => SignUp.RequestAsync(Address($"a{i}@example.com"), i % 2 == 0 ? ["Alpha", "Beta", "Gamma"] : ["Gamma", "Beta", "Alpha"], []))));
        Assert.Equal(30, await ScalarAsync<long>("select count(*) from sign_ups where cardinality(label_ids) = 3"));
        Assert.Equal(["Gamma", "Beta", "Alpha"], (await Confirmation.ConfirmAsync(await LinkAsync("a1@example.com"))).Subscriber!.Preferences.Roles);
    }

    [Fact]
    public async Task Bad_roles_are_refused_and_nothing_is_stored()
    {
        await Assert.ThrowsAsync<Refusal>(() => SignUp.RequestAsync(Address("ann@example.com"), [new string('x', 10_000)], []));
        Assert.Null(await FindAsync("ann@example.com"));
    }

    private Task<long> NoticesAsync() => ScalarAsync<long>("select count(*) from notices");

    private Task<long> RequestsAsync() => ScalarAsync<long>("select count(*) from sign_ups");
}
