using System.Globalization;
using Newsletter.Database;
using Newsletter.Tests.Support;
using Npgsql;
using Xunit.Abstractions;

namespace Newsletter.Tests.Faults;

[Collection(nameof(LongTests))]
public sealed class KilledDatabaseTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Readers = 8000;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("nl-pg-");
    private EmbeddedPostgres postgres = null!;

    public async Task InitializeAsync()
    {
        // The server runs as somebody else, who must get there.
        File.SetUnixFileMode(folder.FullName, (UnixFileMode)Convert.ToInt32("755", 8));
        postgres = await EmbeddedPostgres.StartAsync(folder.FullName);
        await new Migrations(postgres.ConnectionString + ";Pooling=false").ApplyAsync(default);
    }

    public async Task DisposeAsync()
    {
        await postgres.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    [Trait("Length", "long")]
    public async Task A_sender_goes_on_by_itself_when_the_database_was_killed_and_the_account_is_exact()
    {
        await using var edition = await SlowEdition.StartAsync(Readers, TimeSpan.FromMilliseconds(5), database: new TestDatabase(postgres));
        using var sender = edition.StartSender();
        for (var kill = 0; kill < 3; kill++)
        {
            await edition.Relay.Mails.UntilAsync(edition.Relay.Mails.Total + 1000);
            await KillAsync(edition);
        }
        var end = await CliRun.EndAsync(sender);

        Assert.True(end.ExitCode == 0, end.Error);
        output.WriteLine($"3 kills: sent {edition.Relay.Mails.Readers}, duplicates {edition.Relay.Mails.Duplicates}, {await edition.OutcomeAsync()}");
        Assert.Equal(new Outcome(Readers), await edition.OutcomeAsync());
        Assert.Equal((Readers, 0), (edition.Relay.Mails.Readers, edition.Relay.Mails.Duplicates));
    }

    /// <summary>How much the relay may have now is asked of the database, too.</summary>
    [Fact]
    public async Task So_does_one_whose_relay_has_a_limit()
    {
        await using var edition = await SlowEdition.StartAsync(400, TimeSpan.FromMilliseconds(5), database: new TestDatabase(postgres));
        using var sender = edition.StartSender(messagesPerSecond: 100);
        await edition.Relay.Mails.UntilAsync(100);
        await KillAsync(edition);
        var end = await CliRun.EndAsync(sender);

        Assert.True(end.ExitCode == 0, end.Error);
        Assert.Equal(new Outcome(400), await edition.OutcomeAsync());
        Assert.Equal((400, 0), (edition.Relay.Mails.Readers, edition.Relay.Mails.Duplicates));
    }

    private async Task KillAsync(SlowEdition edition)
    {
        var pidFile = Path.Combine(await edition.House.ScalarAsync<string>("show data_directory") ?? "", "postmaster.pid");
        await Signal.SendAsync("KILL", int.Parse((await File.ReadAllLinesAsync(pidFile))[0], CultureInfo.InvariantCulture));
        await Task.Delay(TimeSpan.FromSeconds(2));
        await RestartAsync();
        // Our own connections are as broken as the sender's.
        edition.House.Database.DataSource.Clear();
        edition.House.Get<NpgsqlDataSource>().Clear();
    }

    /// <summary>Its processes may need a moment to notice that the first of them is gone.</summary>
    private async Task RestartAsync()
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await postgres.KeepAsync(default);
                return;
            }
            catch (Refusal) when (tries < 10)
            {
                await Task.Delay(TimeSpan.FromSeconds(1));
            }
        }
    }
}
