using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Newsletter.Accounts;
using Newsletter.Addresses;
using Newsletter.Database;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Accounts;

public sealed class SignInTests(TestProduct house) : IClassFixture<TestProduct>
{
    private const string Password = "correct horse battery";
    private const string Home = "192.0.2.1";
    private static int networks;

    /// <summary>A hash says how often it was iterated: verified at once, where a test tries hundreds of times.</summary>
    private static readonly string QuickHash =
        new PasswordHasher<Editor>(Options.Create(new PasswordHasherOptions { IterationCount = 1 })).HashPassword(null!, Password);

    private SignIn SignIn => house.Get<SignIn>();

    private EditorStore Editors => house.Get<EditorStore>();

    private SetupLinks Links => house.Get<SetupLinks>();

    [Fact]
    public async Task The_right_password_signs_in_whatever_the_letter_case_of_the_address()
    {
        await AddAsync("ann@example.com");
        var editor = await SignIn.TryAsync(" ANN@example.com", Password, Home);
        Assert.Equal("ann@example.com", editor!.Email);
        Assert.Null(await SignIn.TryAsync("ann@example.com", Password.ToUpperInvariant(), Home));
        Assert.Null(await SignIn.TryAsync("ann@example.com", "", Home));
        Assert.Null(await SignIn.TryAsync("ann@example.com", new string('x', 1_000_000), Home));
        Assert.Null(await SignIn.TryAsync("unknown@example.com", Password, Home));
        Assert.Null(await SignIn.TryAsync("no address", Password, Home));
    }

    [Fact]
    public async Task Ten_wrong_tries_make_a_network_wait_for_the_rest_of_a_quarter_of_an_hour()
    {
        await AddQuickAsync("bob@example.com");
        await TryWrongAsync("bob@example.com", 9);
        Assert.NotNull(await SignIn.TryAsync("bob@example.com", Password, Home));

        await TryWrongAsync("bob@example.com", 10);
        Assert.Null(await SignIn.TryAsync("bob@example.com", Password, Home));

        house.Time.Advance(TimeSpan.FromMinutes(15));
        await TryWrongAsync("bob@example.com", 9);
        Assert.NotNull(await SignIn.TryAsync("bob@example.com", Password, Home));
    }

    [Fact]
    public async Task A_stranger_who_tries_on_and_on_does_not_keep_the_owner_out()
    {
        await AddQuickAsync("bea@example.com");
        for (var quarter = 0; quarter < 3; quarter++)
        {
            await TryWrongAsync("bea@example.com", 12, "203.0.113.66");
            await CountAsync("bea@example.com", 500, () => "203.0.113.66");
            Assert.Null(await SignIn.TryAsync("bea@example.com", Password, "203.0.113.66"));
            // Other networks keep all their tries, however often one network fails.
            await TryWrongAsync("bea@example.com", 9);
            Assert.NotNull(await SignIn.TryAsync("bea@example.com", Password, Home));
            house.Time.Advance(TimeSpan.FromMinutes(5));
        }
    }

    [Fact]
    public async Task Many_networks_together_are_slowed_and_the_right_password_is_still_taken()
    {
        await AddQuickAsync("cleo@example.com");
        await CountAsync("cleo@example.com", 1000, NewNetwork);
        Assert.NotNull(await SignIn.TryAsync("cleo@example.com", Password, Home));

        await TryWrongAsync("cleo@example.com", 2, "198.51.100.2");
        Assert.NotNull(await SignIn.TryAsync("cleo@example.com", Password, "198.51.100.2"));
        await TryWrongAsync("cleo@example.com", 3, "198.51.100.3");
        Assert.Null(await SignIn.TryAsync("cleo@example.com", Password, "198.51.100.3"));

        house.Time.Advance(TimeSpan.FromMinutes(15));
        await TryWrongAsync("cleo@example.com", 9, "198.51.100.3");
        Assert.NotNull(await SignIn.TryAsync("cleo@example.com", Password, "198.51.100.3"));
    }

    [Fact]
    public async Task A_hundred_tries_at_once_are_not_judged_all()
    {
        await AddAsync("cy@example.com");
        var now = house.Time.GetUtcNow();
        var counts = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ =>
            house.Get<SignInTryStore>().BeginAsync(EmailAddress.Parse("cy@example.com"), true, Home, 10, now, now.AddMinutes(15))));
        Assert.Equal(Enumerable.Range(1, 100), counts.Select(count => count.OfClient).Order());
        Assert.Equal(10, counts.Max(count => count.OfAccount));
        Assert.Null(await SignIn.TryAsync("cy@example.com", Password, Home));
    }

    [Fact]
    public async Task A_link_ends_every_wait_when_it_is_made_and_when_it_is_used()
    {
        var address = EmailAddress.Parse("dan@example.com");
        await AddAsync(address.Value);
        await TryWrongAsync(address.Value, 10);
        var path = await Links.RenewAsync(address, "cli");
        Assert.NotNull(await SignIn.TryAsync(address.Value, Password, Home));

        await TryWrongAsync(address.Value, 10);
        await Links.UseAsync(path[SetupLinks.Path.Length..], null, "another long password");
        Assert.NotNull(await SignIn.TryAsync(address.Value, "another long password", Home));
    }

    [Fact]
    public async Task A_disabled_editor_does_not_sign_in()
    {
        var editor = await AddAsync("dee@example.com");
        await house.ExecuteAsync($"update editors set disabled_at = now() where id = {editor.Id}");
        Assert.Null(await SignIn.TryAsync("dee@example.com", Password, Home));
        Assert.NotNull((await Editors.FindAsync(editor.Id))!.DisabledAt);
    }

    [Fact]
    public async Task A_flood_leaves_a_few_entries_in_the_audit_log_and_no_address_in_the_log()
    {
        var editor = await AddQuickAsync("eli@example.com");
        house.Time.Advance(TimeSpan.FromMinutes(15));
        var before = await CountOfAuditAsync();
        for (var network = 0; network < 11; network++)
        {
            await TryWrongAsync("eli@example.com", 12, NewNetwork());
        }
        for (var i = 0; i < 30; i++)
        {
            Assert.Null(await SignIn.TryAsync($"nobody{i}@example.com", Password, NewNetwork()));
        }

        // For this editor: the first failure, ten locked networks, the lower limit for all. One entry for all unknown addresses.
        var entries = (await house.Get<AuditStore>().LatestAsync((int)(await CountOfAuditAsync() - before))).GroupBy(entry => entry.Action);
        Assert.Equal(
            ["sign-in failed: 2", "sign-in locked: 10", "sign-ins slowed: 1"], entries.Select(group => $"{group.Key}: {group.Count()}").Order());
        Assert.Contains("eli@example.com: 100 failed within 15 minutes", entries.Single(group => group.Key == "sign-ins slowed").Single().Subject);
        Assert.DoesNotContain(entries.SelectMany(group => group), entry => entry.Subject.Contains("nobody0@", StringComparison.Ordinal));

        Assert.Equal(103, house.Logs.Of(4001).Count(line => Equals(line.Fields["Editor"], editor.Id)));
        Assert.Equal(11, house.Logs.Of(4002).Count(line => Equals(line.Fields["Editor"], editor.Id)));
        Assert.Equal(100, Assert.Single(house.Logs.Of(4003), line => Equals(line.Fields["Editor"], editor.Id)).Fields["Tries"]);
        Assert.DoesNotContain(house.Logs.All, line => line.Number is >= 4001 and <= 4003 && line.Text.Contains('@', StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_was_counted_is_forgotten_with_its_rows()
    {
        await CountAsync("nobody@example.com", 150, NewNetwork);
        house.Time.Advance(TimeSpan.FromMinutes(15));
        await CountAsync("nobody@example.com", 30, NewNetwork);
        Assert.InRange(await house.ScalarAsync<long>("select count(*) from sign_in_tries"), 1, 31);
    }

    [Fact]
    public async Task The_time_to_answer_does_not_tell_whether_an_address_is_known_or_has_to_wait()
    {
        await AddAsync("fay@example.com");
        await AddAsync("gus@example.com");
        await TryWrongAsync("gus@example.com", 11);
        var times = new Dictionary<string, List<double>>();
        for (var i = 0; i < 40; i++)
        {
            foreach (var (email, network) in ((string, string)[])
                [("fay@example.com", NewNetwork()), ($"nobody{i}@example.com", NewNetwork()), ("gus@example.com", Home)])
            {
                var watch = Stopwatch.StartNew();
                Assert.Null(await SignIn.TryAsync(email, "wrong password", network));
                var kind = email[..3];
                times.TryAdd(kind, []);
                times[kind].Add(watch.Elapsed.TotalMilliseconds);
            }
        }
        var medians = times.Values.Select(list => list.Order().ElementAt(list.Count / 2)).ToList();
        Assert.True(medians.Max() < 1.7 * medians.Min(), string.Join(", ", times.Keys.Zip(medians)));
    }

    private async Task TryWrongAsync(string email, int times, string network = Home)
    {
        for (var i = 0; i < times; i++)
        {
            Assert.Null(await SignIn.TryAsync(email, "wrong password", network));
        }
    }

    /// <summary>Counts failed tries without verifying a password, because the password hash is slow.</summary>
    private async Task CountAsync(string email, int times, Func<string> network)
    {
        var (address, now) = (EmailAddress.Parse(email), house.Time.GetUtcNow());
        var isKnown = await Editors.FindAsync(address) is not null;
        for (var i = 0; i < times; i++)
        {
            await house.Get<SignInTryStore>().BeginAsync(address, isKnown, network(), 10, now, now.AddMinutes(15));
        }
    }

    private static string NewNetwork() => string.Create(CultureInfo.InvariantCulture, $"2001:db8:0:{Interlocked.Increment(ref networks):x}::/64");

    private Task<long> CountOfAuditAsync() => house.ScalarAsync<long>("select count(*) from audit_log");

    private async Task<Editor> AddQuickAsync(string email)
    {
        var editor = await AddAsync(email);
        await house.ExecuteAsync("update editors set password_hash = $1 where id = $2", QuickHash, editor.Id);
        return editor;
    }

    private async Task<Editor> AddAsync(string email)
    {
        var path = await Links.InviteAsync(EmailAddress.Parse(email), "editor", "cli");
        return await Links.UseAsync(path[SetupLinks.Path.Length..], null, Password);
    }
}
