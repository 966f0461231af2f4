using System.Text;
using Newsletter.Links;
using Newsletter.Membership;
using Newsletter.Notices;
using Newsletter.Subscribers;
using Newsletter.Tests.Subscribers;

namespace Newsletter.Tests.Membership;

/// <summary>A confirmation confirms its own request, with its own choices; until then a request changes nothing.</summary>
public sealed class ConfirmationTests : PeopleTest
{
    private static readonly Preferences Everything = new()
    {
        Name = "Ann Lee", Roles = ["CTO", "Basket Weaver"], Topics = ["Agents"], MutedTopics = ["Crypto", "RAG"], Cadence = "weekly",
        Weekday = 1, Timezone = "Europe/Berlin", Hour = 8, Depth = "full", TooFew = "roll_over", Language = "en", PausedUntil = new(2027, 4, 1),
    };

    [Fact]
    public async Task A_sign_up_for_one_who_left_changes_nothing_of_what_they_chose_until_it_is_confirmed()
    {
        var ann = await AddConfirmedAsync("ann@example.com", Everything);
        await Unsubscribing.LeaveAsync(ann.Id);
        var left = await FindAsync("ann@example.com");
        await SignUp.RequestAsync(Address("ann@example.com"), ["PM"], ["rag", "Evals"]);
        Assert.Equivalent(left, await FindAsync("ann@example.com"), strict: true);
        Assert.Equal(["confirm"], (await Notices.ClaimAsync(10)).Select(n => n.Kind).Where(kind => kind != "goodbye"));

        var back = (await Confirmation.ConfirmAsync(await LinkAsync("ann@example.com"))).Subscriber!;
        Assert.Equal(("confirmed", "confirmed by mail", null), (back.Status, back.Consent, back.UnsubscribedAt));
        Assert.Equivalent(Everything with { Roles = ["PM"], Topics = ["rag", "Evals"], MutedTopics = ["Crypto"] }, back.Preferences, strict: true);
    }

    [Fact]
    public async Task The_link_of_the_first_mail_does_not_confirm_what_a_stranger_asked_for_after_the_person_left()
    {
        await SignUp.RequestAsync(Address("ann@example.com"), ["CTO"], []);
        var first = await LinkAsync("ann@example.com");
        var ann = (await Confirmation.ConfirmAsync(first)).Subscriber!;
        await Unsubscribing.LeaveAsync(ann.Id);
        Time.Advance(TimeSpan.FromHours(1));
        await SignUp.RequestAsync(Address("ann@example.com"), ["Nurse"], ["Casino"]);

        Assert.Equal(ConfirmationState.Left, (await Confirmation.LookAsync(first)).State);
        Assert.Equal(ConfirmationState.Left, (await Confirmation.ConfirmAsync(first)).State);
        var now = (await FindAsync("ann@example.com"))!;
        Assert.Equal(("unsubscribed", "CTO"), (now.Status, Assert.Single(now.Preferences.Roles)));
    }

    [Fact]
    public async Task Each_of_two_requests_has_its_own_choices_and_one_that_is_confirmed_ends_the_other()
    {
        var (mine, strangers) = await TwoRequestsAsync();
        Assert.Equal(["CTO"], (await Confirmation.ConfirmAsync(mine)).Subscriber!.Preferences.Roles);
        var late = await Confirmation.ConfirmAsync(strangers);
        Assert.Equal((ConfirmationState.AlreadyConfirmed, "CTO"), (late.State, Assert.Single(late.Subscriber!.Preferences.Roles)));
        Assert.Equal(ConfirmationState.AlreadyConfirmed, (await Confirmation.LookAsync(mine)).State);
    }

    [Fact]
    public async Task The_later_of_two_requests_confirms_with_what_it_says()
    {
        var (_, second) = await TwoRequestsAsync();
        Assert.Equal(["Nurse"], (await Confirmation.ConfirmAsync(second)).Subscriber!.Preferences.Roles);
    }

    [Fact]
    public async Task What_an_operator_chose_is_confirmed_as_it_stands()
    {
        await Enrolment.AddAsync(Address("ann@example.com"), Everything, confirmed: false, "cli");
        var link = await LinkAsync("ann@example.com");
        Time.Advance(TimeSpan.FromMinutes(11));
        await SignUp.RequestAsync(Address("ann@example.com"), ["Nurse"], []);
        Assert.Equivalent(Everything, (await Confirmation.ConfirmAsync(link)).Subscriber!.Preferences, strict: true);
    }

    [Fact]
    public async Task Looking_changes_nothing_and_an_open_link_of_one_who_gets_mail_neither()
    {
        await SignUp.RequestAsync(Address("ann@example.com"), ["CTO"], []);
        var link = await LinkAsync("ann@example.com");
        Assert.Equal(
            (ConfirmationState.Open, "pending"),
            await Confirmation.LookAsync(link) is var looked ? (looked.State, looked.Subscriber!.Status) : default);
        await ExecuteAsync("update subscribers set status = 'confirmed'");
        var ann = await FindAsync("ann@example.com");
        Assert.Equal(ConfirmationState.AlreadyConfirmed, (await Confirmation.ConfirmAsync(link)).State);
        Assert.Equivalent(ann, await FindAsync("ann@example.com"), strict: true);
    }

    [Fact]
    public async Task Leaving_ends_all_open_requests_also_of_one_who_left_before()
    {
        var ann = await AddConfirmedAsync("ann@example.com");
        await Unsubscribing.LeaveAsync(ann.Id);
        await SignUp.RequestAsync(Address("ann@example.com"), ["PM"], []);
        Assert.False(await Unsubscribing.LeaveAsync(ann.Id));
        Assert.Equal(ConfirmationState.Left, (await Confirmation.ConfirmAsync(await LinkAsync("ann@example.com"))).State);
        Assert.Equal("unsubscribed", (await FindAsync("ann@example.com"))!.Status);
        Assert.DoesNotContain(await Notices.ClaimAsync(10), n => n.Kind == NoticeKind.Confirm);
    }

    [Fact]
    public async Task The_way_back_brings_all_that_was_chosen_and_ends_what_strangers_asked_for()
    {
        var ann = await AddConfirmedAsync("ann@example.com", Everything);
        await Unsubscribing.LeaveAsync(ann.Id);
        await SignUp.RequestAsync(Address("ann@example.com"), ["Nurse"], []);
        var back = await Confirmation.ConfirmAsync(ReturnLink(ann));
        Assert.Equal((ConfirmationState.Confirmed, "came back by mail"), (back.State, back.Subscriber!.Consent));
        Assert.Equivalent(Everything, back.Subscriber.Preferences, strict: true);
        Assert.Equal(ConfirmationState.AlreadyConfirmed, (await Confirmation.ConfirmAsync(ReturnLink(ann))).State);
        Assert.Equal(0, await ScalarAsync<long>("select count(*) from sign_ups where ended_at is null"));
    }

    [Theory]
    [InlineData("unsubscribed", ConfirmationState.Left)]
    [InlineData("confirmed", ConfirmationState.AlreadyConfirmed)]
    public async Task An_import_that_says_who_left_or_agreed_ends_their_requests(string status, ConfirmationState state)
    {
        await SignUp.RequestAsync(Address("ann@example.com"), ["CTO"], []);
        await Import.RunAsync(new MemoryStream(Encoding.UTF8.GetBytes($"email,status\nann@example.com,{status}\n")), "a list", "cli", default);
        Assert.Equal(0, await ScalarAsync<long>("select count(*) from sign_ups where ended_at is null"));
        Assert.Equal(state, (await Confirmation.ConfirmAsync(await LinkAsync("ann@example.com"))).State);
        Assert.Empty((await FindAsync("ann@example.com"))!.Preferences.Roles);
    }

    [Fact]
    public async Task Who_left_and_signed_up_again_is_kept_from_an_import_until_they_confirm()
    {
        var ann = await AddConfirmedAsync("ann@example.com", Everything);
        await Unsubscribing.LeaveAsync(ann.Id);
        await SignUp.RequestAsync(Address("ann@example.com"), ["PM"], []);
        var report = await Import.RunAsync(new MemoryStream("email,status,name\nann@example.com,confirmed,Bob\n"u8.ToArray()), "a list", "cli", default);
        Assert.Equal((1, 0), (report.Kept, report.Updated));
        Assert.Equal(ConfirmationState.Open, (await Confirmation.LookAsync(await LinkAsync("ann@example.com"))).State);
    }

    [Fact]
    public async Task Many_clicks_at_once_confirm_once_and_bring_one_welcome()
    {
        await SignUp.RequestAsync(Address("ann@example.com"), ["CTO"], []);
        var link = await LinkAsync("ann@example.com");
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(() => Confirmation.ConfirmAsync(link))));
        Assert.Single(answers, a => a.State == ConfirmationState.Confirmed);
        Assert.Equal(11, answers.Count(a => a.State == ConfirmationState.AlreadyConfirmed));
        Assert.Equal(1, await ScalarAsync<long>("select count(*) from notices where kind = 'welcome'"));
    }

    [Fact]
    public async Task Who_leaves_while_a_request_is_confirmed_has_left()
    {
        for (var i = 0; i < 20; i++)
        {
            var email = $"a{i}@example.com";
            var person = await AddConfirmedAsync(email);
            await Unsubscribing.LeaveAsync(person.Id);
            await SignUp.RequestAsync(Address(email), ["PM"], []);
            var link = await LinkAsync(email);
            await Task.WhenAll(Task.Run(() => Confirmation.ConfirmAsync(link)), Task.Run(() => Unsubscribing.LeaveAsync(person.Id)));
            Assert.Equal("unsubscribed", (await FindAsync(email))!.Status);
            Assert.Equal(ConfirmationState.Left, (await Confirmation.ConfirmAsync(link)).State);
        }
    }

    /// <summary>The person's, and eleven minutes later a stranger's.</summary>
    private async Task<(SignedLink Mine, SignedLink Strangers)> TwoRequestsAsync()
    {
        await SignUp.RequestAsync(Address("ann@example.com"), ["CTO"], []);
        var mine = await LinkAsync("ann@example.com");
        Time.Advance(TimeSpan.FromMinutes(11));
        await SignUp.RequestAsync(Address("ann@example.com"), ["Nurse"], []);
        return (mine, await LinkAsync("ann@example.com"));
    }
}
