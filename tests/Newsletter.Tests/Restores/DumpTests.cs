using Newsletter.Deliveries;
using Newsletter.Digests;
using Newsletter.Lifecycle;
using Newsletter.Newsroom;
using Newsletter.Planning;
using Newsletter.Tests.Support;
using Npgsql;

namespace Newsletter.Tests.Restores;

/// <summary>A dump is made in the middle of an edition, the edition goes on to its end, and the dump is brought back.</summary>
public sealed class DumpTests : IAsyncLifetime
{
    private const int Readers = 60;
    private readonly TestProduct house = new() { Settings = new Dictionary<string, string> { ["Smtp:Connections"] = "2" } };
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("nl-dump-");
    private long edition;
    private int sentInCopy;

    public async Task InitializeAsync()
    {
        File.SetUnixFileMode(folder.FullName, (UnixFileMode)Convert.ToInt32("777", 8));
        await house.InitializeAsync();
        await house.DigestAsync();
        await house.ArticleAsync("CTO");
        await house.ReadersAsync(Readers, "CTO");
        edition = await house.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await house.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("custom")]
    [InlineData("clean")]
    public async Task Nobody_is_mailed_twice_by_a_dump_that_was_brought_back(string how)
    {
        var restored = await RestoredAsync(how);
        await AssertHeldAsync(restored);

        await using var machine = new Machine(house, Folder("a"), restored);
        var outcome = await machine.Get<RestoreConfirmation>().HoldAsync("test");
        Assert.Equal(Readers - sentInCopy, outcome.Deliveries);
        Assert.False(await machine.IsHeldAsync());
        await machine.WorkAsync(edition);
        await using var second = new Machine(house, Folder("b"), restored);
        await second.WorkAsync(edition);
        AssertOnce();
        var account = await machine.Get<DeliveryStore>().AccountAsync(edition);
        Assert.Equal((sentInCopy, Readers - sentInCopy, 0), (account.Sent, account.Uncertain, account.Due));
        Assert.Equal(EditionState.Sent, (await machine.Get<EditionStore>().GetAsync(edition)).State);
    }

    [Fact]
    public async Task Those_of_a_list_count_as_sent_and_the_rest_is_mailed()
    {
        var restored = await RestoredAsync("custom");
        await using var machine = new Machine(house, Folder("a"), restored);
        // The relay's log has lost the last three.
        var logged = house.Mails.Mails.SelectMany(mail => mail.Recipients).Distinct().ToList();
        var lost = logged.TakeLast(3).ToList();
        await machine.Get<RestoreConfirmation>().RecordSentAsync(logged.Except(lost).ToHashSet(), "test");
        Assert.True(await machine.WorkAsync(edition));
        var twice = house.Mails.Mails.SelectMany(mail => mail.Recipients).GroupBy(address => address)
            .Where(mails => mails.Count() > 1).Select(mails => mails.Key);
        Assert.Equal(lost.Order(), twice.Order());
        Assert.Equal(Readers, (await machine.Get<DeliveryStore>().AccountAsync(edition)).Sent);
    }

    [Fact]
    public async Task When_nothing_was_sent_since_all_goes_on_and_nobody_is_lost()
    {
        await using (var first = new Machine(house, Folder("a")))
        {
            await first.WorkUntilAsync(house, edition, Readers / 3);
        }
        var restored = await RestoreAsync("custom", await DumpAsync("custom"));
        await AssertHeldAsync(restored);
        await using var machine = new Machine(house, Folder("a"), restored);
        await machine.Get<RestoreConfirmation>().ReleaseAsync("test");
        Assert.True(await machine.WorkAsync(edition));
        AssertOnce();
        await Assert.ThrowsAsync<Refusal>(() => machine.Get<RestoreConfirmation>().HoldAsync("test"));
    }

    [Fact]
    public async Task Steps_towards_sending_are_refused_and_status_says_what_would_go_out()
    {
        await house.DigestAsync(digest => digest with { Slug = "monday", Cron = "0 8 * * *", Approval = "none" });
        var restored = await RestoredAsync("custom");
        house.Time.Advance(TimeSpan.FromDays(2));
        await using var machine = new Machine(house, Folder("b"), restored);
        var steps = machine.Get<EditionSteps>();
        foreach (var step in (Func<Task>[])
        [
            () => steps.SendAsync(edition, "test"), () => steps.ApproveAsync(edition, null, "test"), () => steps.ResumeAsync(edition, "test"),
            () => steps.SettleAsync(edition, sent: false, [], "test"), () => steps.ScheduleAsync(edition, house.Time.GetUtcNow().AddHours(1), "test"),
            () => machine.Get<EditionPlanning>().PlanAsync("monday"), () => machine.Get<TestSending>().SendAsync(edition, ["a@example.com"]),
        ])
        {
            Assert.Contains("restored from a copy", (await Assert.ThrowsAsync<Refusal>(step)).Message);
        }
        var status = await machine.Get<RestoreConfirmation>().StatusAsync();
        var open = Assert.Single(status.Editions);
        Assert.Equal((true, edition, (long)Readers - sentInCopy), (status.Restored, open.Edition, open.Due + open.Deferred + open.Claimed + open.Sending));
        Assert.Equal("monday", Assert.Single(status.Occurrences).Digest);
        Assert.NotNull(status.KnownUntil);

        // An occurrence whose time has passed may have been sent since: it is not made up for.
        await machine.Get<RestoreConfirmation>().HoldAsync("test");
        await machine.WorkAsync(edition);
        Assert.Contains(await machine.Get<EditionStore>().ListAsync(10), e => e is { DigestSlug: "monday", State: EditionState.Missed });
        AssertOnce();
    }

    /// <summary>The way of the fault that was reported.</summary>
    private async Task<string> RestoredAsync(string how)
    {
        string dump;
        await using (var first = new Machine(house, Folder("a")))
        {
            await first.WorkUntilAsync(house, edition, Readers / 3);
            dump = await DumpAsync(how);
            sentInCopy = (int)(await house.AccountAsync(edition)).Sent;
            Assert.InRange(sentInCopy, 1, Readers - 1);
            await first.WorkAsync(edition);
        }
        Assert.Equal(Readers, (await house.AccountAsync(edition)).Sent);
        return await RestoreAsync(how, dump);
    }

    private async Task AssertHeldAsync(string restored)
    {
        var before = house.Mails.Mails.Count;
        await using (var known = new Machine(house, Folder("a"), restored))
        await using (var unknown = new Machine(house, Folder("new"), restored))
        {
            Assert.True(await known.IsHeldAsync());
            Assert.False(await known.WorkAsync(edition));
            Assert.False(await unknown.WorkAsync(edition));
        }
        Assert.Equal(before, house.Mails.Mails.Count);
    }

    private void AssertOnce() => Assert.Equal(
        Enumerable.Range(0, Readers).Select(i => $"reader{i}@example.com").Order(), house.Mails.Mails.SelectMany(mail => mail.Recipients).Order());

    private async Task<string> DumpAsync(string how)
    {
        var path = Path.Combine(folder.FullName, "dump");
        await Programs.RunAsync("pg_dump",
        [
            .. how == "custom" ? (string[])["-Fc"] : ["-c", "--if-exists"],
            "-h", Server.Host!, "-U", "newsletter", "-f", path, Server.Database!,
        ]);
        return path;
    }

    /// <returns>The connection string of the database it was brought back into.</returns>
    private async Task<string> RestoreAsync(string how, string dump)
    {
        var name = Server.Database!;
        if (how != "clean")
        {
            name += "_restored";
            await house.ExecuteAsync($"drop database if exists {name} with (force)");
            await house.ExecuteAsync($"create database {name} template template0");
        }
        await (how == "custom"
            ? Programs.RunAsync("pg_restore", "-h", Server.Host!, "-U", "newsletter", "-d", name, dump)
            : Programs.RunAsync("psql", "-q", "-h", Server.Host!, "-U", "newsletter", "-f", dump, name));
        return new NpgsqlConnectionStringBuilder(house.Database.ConnectionString) { Database = name }.ConnectionString;
    }

    private NpgsqlConnectionStringBuilder Server => new(house.Database.ConnectionString);

    private string Folder(string name) => Path.Combine(folder.FullName, name);
}
