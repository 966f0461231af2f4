using Newsletter.Subscribers;

namespace Newsletter.Tests.Subscribers;

/// <summary>Limits for new labels from roles that readers type.</summary>
public sealed class NewLabelTests : PeopleTest
{
    [Fact]
    public async Task One_form_may_bring_ten()
    {
        var ann = await AddConfirmedAsync("ann@example.com");
        Assert.Contains("11 of the roles are new", (await RefusalOfAsync(() => ChangeAsync(ann, Words("w", 11)))).Message);
        // Known labels do not count.
        await ChangeAsync(ann, [.. Words("w", 10), "CTO", "Data Engineer", "PM"]);
        await ChangeAsync(ann, [.. Words("w", 10), "VP of Engineering/Data"]);
        Assert.Equal(10, await ScalarAsync<long>("select count(*) from labels where text like 'w word %'"));
    }

    [Fact]
    public async Task One_person_may_bring_thirty_a_day_also_when_they_go_again()
    {
        var ann = await AddConfirmedAsync("ann@example.com");
        for (var round = 0; round < 3; round++)
        {
            await ChangeAsync(ann, Words($"r{round}", 10));
            await CleanUp.RunAsync(default);
        }
        Assert.Equal(10, await ScalarAsync<long>("select count(*) from labels where text ~ ' word '"));
        Assert.Contains("30 roles that are new", (await RefusalOfAsync(() => ChangeAsync(ann, Words("more", 1)))).Message);
        await ChangeAsync(ann, ["CTO"]);
        await ChangeAsync(await AddConfirmedAsync("bob@example.com"), Words("bob", 10));

        Time.Advance(TimeSpan.FromDays(1));
        await ChangeAsync(ann, Words("more", 1));
        await Expiry.RunAsync(default);
        Assert.Equal(1, await ScalarAsync<long>("select count(*) from new_labels"));
    }

    [Fact]
    public async Task All_together_may_bring_a_thousand_an_hour_and_the_answer_says_nothing_about_an_address()
    {
        await AddConfirmedAsync("known@example.com");
        await ExecuteAsync("insert into new_labels (typed_at, count) values ('2027-03-01 07:30Z', 990)");
        await TakeAsync("ann@example.com", Words("ann", 10));
        var answers = new HashSet<string>();
        foreach (var email in (string[])["known@example.com", "ann@example.com", "new@example.com"])
        {
            answers.Add((await RefusalOfAsync(() => TakeAsync(email, ["One more word"]))).Message);
        }
        Assert.Contains("typed within an hour", Assert.Single(answers));
        Assert.Contains("are new", (await RefusalOfAsync(() => TakeAsync("known@example.com", Words("x", 11)))).Message);
        await TakeAsync("bob@example.com", ["ann word 3", "CTO"]);
        Time.Advance(TimeSpan.FromHours(1));
        await TakeAsync("new@example.com", ["One more word"]);
    }

    [Fact]
    public async Task Operators_may_bring_more()
    {
        var ann = await AddConfirmedAsync("ann@example.com", new() { Roles = Words("added", 50) });
        var changed = await PreferenceChange.ApplyAsync(ann.Id, known => known with { Roles = Words("edited", 50) });
        Assert.Equal(50, changed.Preferences.Roles.Length);
    }

    private async Task TakeAsync(string email, string[] roles)
    {
        await SignUpQueue.EnqueueAsync(Address(email), roles, []);
        await SignUpQueue.ProcessAsync(CancellationToken.None);
    }

    private Task<Subscriber> ChangeAsync(Subscriber person, string[] roles) =>
        PreferenceChange.ApplyOwnAsync(person.Id, known => known with { Roles = roles });

    private static string[] Words(string name, int count) => [.. Enumerable.Range(0, count).Select(i => $"{name} word {i}")];

    private static Task<Refusal> RefusalOfAsync(Func<Task> act) => Assert.ThrowsAsync<Refusal>(act);
}
