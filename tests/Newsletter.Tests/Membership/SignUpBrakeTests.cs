using Newsletter.Membership;
using Newsletter.Tests.Subscribers;

namespace Newsletter.Tests.Membership;

public sealed class SignUpBrakeTests : PeopleTest
{
    /// <summary>Sign-ups per hour. A new domain may have half of it: 5.</summary>
    private const int Limit = 10;

    public SignUpBrakeTests() => Options = new() { SignUpsPerHour = Limit };

    [Fact]
    public async Task A_mailbox_gets_five_mails_a_day_however_it_is_written()
    {
        foreach (var spelling in (string[])["ann", "Ann+1", "ann+2", "ANN+news", "ann+a+b", "ann+6", "ann+7"])
        {
            await SignUpAsync($"{spelling}@example.com");
        }
        Assert.Equal((5L, 5L, 5L), (await CountAsync("notices"), await CountAsync("sign_ups"), await CountAsync("subscribers")));
        foreach (var spelling in (string[])
            ["j.doe@gmail.com", "jd.oe@googlemail.com", "jdoe+x@gmail.com", "JDOE@gmail.com", "j.d.o.e@gmail.com", "jd.o.e@gmail.com"])
        {
            await SignUpAsync(spelling);
        }
        Assert.Equal(5, await CountAsync("notices where mailbox = 'jdoe@gmail.com'"));
        await SignUpAsync("j.doe@example.org");
        await SignUpAsync("jdoe@example.org");
        Assert.Equal(
            (1L, 1L),
            (await CountAsync("notices where mailbox = 'j.doe@example.org'"), await CountAsync("notices where mailbox = 'jdoe@example.org'")));

        Time.Advance(TimeSpan.FromDays(1));
        await SignUpAsync("ann+8@example.com");
        Assert.Equal(6, await CountAsync("notices where mailbox = 'ann@example.com'"));
    }

    [Fact]
    public async Task Also_one_that_gets_mail_already_is_asked_no_more_often()
    {
        for (var i = 0; i < 7; i++)
        {
            await AddConfirmedAsync($"ann+{i}@example.com");
            await SignUpAsync($"ann+{i}@example.com");
        }
        Assert.Equal(5, await CountAsync("notices where kind = 'preferences'"));
    }

    [Fact]
    public async Task Many_at_once_in_several_processes_get_no_more()
    {
        await Task.WhenAll(Enumerable.Range(0, 30).Select(i => Task.Run(() => SignUpAsync($"ann+{i}@example.com"))));
        Assert.Equal(5, await CountAsync("notices"));
    }

    [Fact]
    public async Task Of_a_new_domain_more_than_half_of_what_all_may_have_are_held_and_others_pass()
    {
        await SignUpsAsync("example.com", 7);
        await SignUpAsync("ann@example.org");
        Assert.Equal((2L, 6L), (await HeldAsync(), await CountAsync("notices where state = 'due'")));
        Assert.Equal((null, 2L), (await Brake.StatusAsync()) is var status ? (status.Since, status.Held) : default);
    }

    [Fact]
    public async Task A_flood_from_one_domain_is_held_and_never_holds_up_the_others()
    {
        await SignUpsAsync("evil.example", 40);
        Assert.Equal((null, 35L), (await Brake.StatusAsync()) is var status ? (status.Since, status.Held) : default);
        await SignUpsAsync("d{0}.example", 5);
        Assert.Equal(35, await HeldAsync());
    }

    [Fact]
    public async Task A_release_mails_each_mailbox_once()
    {
        await SignUpsAsync("d{0}.example", 10);
        foreach (var spelling in (string[])["ann", "ann+1", "ann+2", "bob"])
        {
            await SignUpAsync($"{spelling}@example.com");
        }
        Assert.Equal(4, await HeldAsync());
        Assert.Equal(2, await Brake.ReleaseAsync("cli"));
        Assert.Equal(
            ["ann+2@example.com", "bob@example.com"],
            (await Notices.ClaimAsync(100)).Select(n => n.Email).Where(email => email.EndsWith("@example.com", StringComparison.Ordinal)).Order());
        Assert.Equal(0, await HeldAsync());
    }

    [Fact]
    public async Task No_more_are_held_than_fifty_times_the_limit()
    {
        await SignUpsAsync("d{0}.example", 11);
        await ExecuteAsync(
            """
            insert into notices (subscriber_id, kind, state, mailbox, due_at, created_at)
            select subscriber_id, kind, state, mailbox, due_at, created_at from notices, generate_series(1, 500) where state = 'held'
            """);
        await SignUpAsync("late@example.com");
        Assert.Equal(0, await CountAsync("subscribers where email = 'late@example.com'"));
    }

    [Fact]
    public async Task A_domain_that_people_come_from_may_have_as_many_as_ever_came_from_there()
    {
        await SignUpsAsync("example.com", 5);
        await ExecuteAsync("update subscribers set status = 'confirmed', confirmed_at = now(), provisional = false");
        Time.Advance(TimeSpan.FromDays(5));
        await SignUpsAsync("example.com", 5, "later");
        await ExecuteAsync("update subscribers set status = 'confirmed', confirmed_at = now(), provisional = false");
        Time.Advance(TimeSpan.FromDays(8));
        await SignUpsAsync("example.com", 9, "now");
        Assert.Equal(0, await HeldAsync());
        Time.Advance(TimeSpan.FromHours(2));
        await SignUpsAsync("example.org", 6, "now");
        Assert.Equal(1, await HeldAsync());
    }

    [Fact]
    public async Task More_than_usual_in_all_are_held_until_released_and_do_not_expire()
    {
        await SignUpsAsync("d{0}.example", 13);
        Assert.Equal((3L, 10L), (await HeldAsync(), await CountAsync("notices where state = 'due'")));
        Assert.NotNull((await Brake.StatusAsync()).Since);

        Time.Advance(TimeSpan.FromDays(30));
        await Expiry.RunAsync(default);
        Assert.Equal((3L, 3L, 3L), (await CountAsync("notices"), await CountAsync("sign_ups"), await CountAsync("subscribers")));

        Assert.Equal(3, await Brake.ReleaseAsync("cli"));
        Assert.True((await Brake.StatusAsync()).IsQuiet);
        Assert.Equal(3, await CountAsync("notices where state = 'due' and due_at = '2027-03-31 08:00Z'"));
        Assert.Equal(ConfirmationState.Confirmed, (await Confirmation.ConfirmAsync(await LinkAsync("p12@d12.example"))).State);
        Time.Advance(TimeSpan.FromDays(6));
        Assert.Equal(ConfirmationState.Confirmed, (await Confirmation.ConfirmAsync(await LinkAsync("p11@d11.example"))).State);
    }

    [Fact]
    public async Task After_a_release_as_many_pass_as_if_none_had_come()
    {
        await SignUpsAsync("d{0}.example", 12);
        Time.Advance(TimeSpan.FromMinutes(5));
        await Brake.ReleaseAsync("cli");
        Time.Advance(TimeSpan.FromSeconds(1));
        await SignUpsAsync("e{0}.example", 10);
        Assert.Equal(0, await HeldAsync());
        await SignUpsAsync("f{0}.example", 1);
        Assert.Equal(1, await HeldAsync());
    }

    [Fact]
    public async Task Discarded_ones_are_never_sent_and_nothing_stays_of_them()
    {
        await SignUpsAsync("d{0}.example", 12, roles: ["Word of {0}"]);
        Assert.Equal(2, await Brake.DiscardAsync("cli"));
        Assert.Equal(2, await CountAsync("notices where state = 'failed'"));
        // Discarding does not reset the limit: new sign-ups are still held.
        await SignUpAsync("late@example.com");
        Assert.Equal(1, await HeldAsync());
        await Expiry.RunAsync(default);
        Assert.Equal(
            (0L, 0L),
            (await CountAsync("subscribers where email ~ '^p1[01]@'"), await CountAsync("labels where text in ('Word of 10', 'Word of 11')")));
        Assert.Equal(1, await CountAsync("labels where text = 'Word of 9'"));
    }

    [Fact]
    public async Task By_itself_it_ends_for_new_ones_after_a_usual_hour_and_what_is_held_waits_on()
    {
        await SignUpsAsync("d{0}.example", 12);
        await Brake.WatchAsync();
        Assert.NotNull((await Brake.StatusAsync()).Since);
        Time.Advance(TimeSpan.FromMinutes(61));
        await SignUpsAsync("e{0}.example", 6);
        await Brake.WatchAsync();
        Assert.Equal(8, await HeldAsync());
        Assert.NotNull((await Brake.StatusAsync()).Since);

        Time.Advance(TimeSpan.FromMinutes(61));
        await Brake.WatchAsync();
        Assert.Equal((null, 8L), (await Brake.StatusAsync()) is var status ? (status.Since, status.Held) : default);
        await SignUpAsync("new@example.net");
        Assert.Equal(8, await HeldAsync());
        Assert.Equal(8, await Brake.ReleaseAsync("cli"));
    }

    [Fact]
    public async Task What_is_usual_is_the_busiest_hour_of_a_usual_day_by_those_who_stayed()
    {
        // Four weeks with 20 sign-ups in one hour and 2 in another hour of each day. One day has 500 in each: it must not count.
        await ExecuteAsync(
            """
            insert into subscribers (email, email_key, status, created_at, confirmed_at)
            values ('x@example.com', 'x@example.com', 'confirmed', now(), now());
            insert into notices (subscriber_id, kind, state, mailbox, due_at, created_at)
            select s.id, 'confirm', 'sent', 'x@example.com', now(),
                   timestamptz '2027-02-22 08:00Z' - make_interval(days => d) - make_interval(hours => h, mins => 30)
            from subscribers s, generate_series(0, 27) d, (values (5, 20), (17, 2)) v (h, n), generate_series(1, case when d = 9 then 500 else n end);
            """);
        await Brake.WatchAsync();
        var status = await Brake.StatusAsync();
        Assert.Equal((20L, 100L), (status.Usual, status.Limit));
        Assert.Null(status.Since);
    }

    [Fact]
    public async Task Who_waits_gets_mail_also_by_asking_again_later_and_then_not_twice()
    {
        await SignUpsAsync("d{0}.example", 11);
        Time.Advance(TimeSpan.FromHours(2));
        await Brake.WatchAsync();
        await SignUpAsync("p10@d10.example");
        await Confirmation.ConfirmAsync(await LinkAsync("p10@d10.example"));
        await Brake.ReleaseAsync("cli");
        var claimed = await Notices.ClaimAsync(100);
        Assert.Equal(["welcome"], claimed.Where(n => n.Email == "p10@d10.example").Select(n => n.Kind));
    }

    [Theory]
    [InlineData(9)]
    [InlineData(1_000_001)]
    public void A_limit_out_of_range_is_refused(int limit) =>
        Assert.Throws<Refusal>(() => new SubscribersOptions { SignUpsPerHour = limit }.Checked());

    private Task SignUpAsync(string email, params string[] roles) => SignUp.RequestAsync(Address(email), roles, []);

    /// <summary>Addresses are p0@…, p1@… and so on.</summary>
    private async Task SignUpsAsync(string domain, int count, string name = "p", string[]? roles = null)
    {
        for (var i = 0; i < count; i++)
        {
            var number = i.ToString(System.Globalization.CultureInfo.InvariantCulture);
            string[] named = [.. (roles ?? []).Select(role => role.Replace("{0}", number, StringComparison.Ordinal))];
            await SignUpAsync($"{name}{number}@{domain.Replace("{0}", number, StringComparison.Ordinal)}", named);
        }
    }

    private Task<long> HeldAsync() => CountAsync("notices where state = 'held'");

    private Task<long> CountAsync(string what) => ScalarAsync<long>($"select count(*) from {what}");
}
