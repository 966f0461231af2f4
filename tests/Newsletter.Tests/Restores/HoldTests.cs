using Newsletter.Digests;
using Newsletter.Lifecycle;
using Newsletter.Restores;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Restores;

/// <summary>What holds a database, and how it is let go.</summary>
public sealed class HoldTests : IAsyncLifetime
{
    private readonly TestProduct house = new();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("nl-hold-");

    public async Task InitializeAsync() => await house.InitializeWithReaderAsync();

    public async Task DisposeAsync()
    {
        await house.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_database_that_was_sent_from_and_has_no_marker_is_held()
    {
        await using (var first = new Machine(house, folder.FullName))
        {
            Assert.True(await first.Get<SendingGuard>().MaySendAsync());
            // As while a dump is brought back under a worker that runs: its tables are there, and empty.
            await house.ExecuteAsync("delete from installation");
            Assert.False(await first.Get<SendingGuard>().MaySendAsync());
        }
        await house.ExecuteAsync("delete from installation");
        await using var restarted = new Machine(house, folder.FullName);
        Assert.True(await restarted.IsHeldAsync());
        await using var elsewhere = new Machine(house, Path.Combine(folder.FullName, "new"));
        Assert.True(await elsewhere.IsHeldAsync());
    }

    [Fact]
    public async Task A_new_database_is_not_held()
    {
        await using var first = new Machine(house, folder.FullName);
        Assert.False(await first.IsHeldAsync());
        Assert.True(await first.WorkAsync(await house.StartAsync()));
        Assert.Single(house.Mails.Mails);
    }

    [Fact]
    public async Task A_process_that_can_keep_no_witness_sends_all_the_same_also_after_a_restore_was_confirmed()
    {
        var file = Path.Combine(folder.FullName, "file");
        await File.WriteAllTextAsync(file, "");
        var edition = await house.StartAsync();
        await using var first = new Machine(house, file);
        Assert.True(await first.Get<SendingGuard>().MaySendAsync());
        await SetBackAsync();
        Assert.False(await first.WorkAsync(edition));
        await first.Get<RestoreConfirmation>().ReleaseAsync("test");
        Assert.True(await first.WorkAsync(edition));
        Assert.Single(house.Mails.Mails);
    }

    [Fact]
    public async Task What_was_to_begin_while_sending_was_held_is_not_missed_for_that()
    {
        var edition = await ApprovedForTomorrowAsync();
        await using var first = new Machine(house, folder.FullName);
        await first.Get<SendingGuard>().MaySendAsync();
        await SetBackAsync();
        house.Time.Advance(TimeSpan.FromDays(2));
        Assert.False(await first.WorkAsync(edition));
        await first.Get<RestoreConfirmation>().ReleaseAsync("test");
        Assert.True(await first.WorkAsync(edition));
        Assert.Equal(EditionState.Sent, await house.StateAsync(edition));
        Assert.Single(house.Mails.Mails);
    }

    [Fact]
    public async Task What_is_settled_to_be_sent_again_carries_the_day_on_which_it_is_sent()
    {
        var edition = await ApprovedForTomorrowAsync();
        await using var first = new Machine(house, folder.FullName);
        await first.Get<SendingGuard>().MaySendAsync();
        await SetBackAsync();
        await first.Get<RestoreConfirmation>().HoldAsync("test");
        Assert.Equal(1, (await house.AccountAsync(edition)).Uncertain);
        await first.Get<EditionSteps>().SettleAsync(edition, sent: false, [], "test");
        Assert.True(await first.WorkAsync(edition));
        Assert.Contains("Monday, 2 March 2026", Assert.Single(house.Mails.Mails).Message.TextBody);
        Assert.NotNull((await house.Get<EditionStore>().GetAsync(edition)).StartedAt);
    }

    [Fact]
    public async Task A_digest_whose_zone_is_unknown_does_not_keep_a_restore_from_being_confirmed()
    {
        await house.DigestAsync(digest => digest with { Slug = "daily", Cron = "0 8 * * *" });
        await house.ExecuteAsync("update digests set timezone = 'Mars/Olympus' where slug = 'daily'");
        await using var first = new Machine(house, folder.FullName);
        await first.Get<SendingGuard>().MaySendAsync();
        house.Time.Advance(TimeSpan.FromDays(2));
        await SetBackAsync();
        await first.Get<RestoreConfirmation>().HoldAsync("test");
        Assert.False(await first.IsHeldAsync());
    }

    /// <summary>As if the table had been made by a dump that was brought back.</summary>
    private Task SetBackAsync() => house.ExecuteAsync("update installation set table_oid = 1");

    private async Task<long> ApprovedForTomorrowAsync()
    {
        var edition = (await house.PlanAsync()).Edition;
        await house.Get<EditionSteps>().ApproveAsync(edition, null, "test");
        await house.Get<EditionSteps>().ScheduleAsync(edition, house.Time.GetUtcNow().AddDays(1), "test");
        return edition;
    }
}
