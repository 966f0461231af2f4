using Newsletter.Database;
using Newsletter.Digests;
using Newsletter.Lifecycle;
using Newsletter.Restores;
using Newsletter.Tests.Support;
using Npgsql;

namespace Newsletter.Tests.Restores;

/// <summary>The server's files are set back, or another server takes over: nothing in the database itself tells.</summary>
public sealed class FileCopyTests : IAsyncLifetime
{
    private const int Readers = 40;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("nl-copy-");
    private EmbeddedPostgres postgres = null!;
    private TestProduct house = null!;
    private string cluster = "";
    private string? standby;

    public async Task InitializeAsync()
    {
        File.SetUnixFileMode(folder.FullName, (UnixFileMode)Convert.ToInt32("777", 8));
        postgres = await EmbeddedPostgres.StartAsync(Folder("data"));
        cluster = new NpgsqlConnectionStringBuilder(postgres.ConnectionString).Host!;
        await new Migrations(postgres.ConnectionString + ";Pooling=false").ApplyAsync(default);
        house = new TestProduct(new TestDatabase(postgres)) { Settings = new Dictionary<string, string> { ["Smtp:Connections"] = "2" } };
        await house.InitializeAsync();
        await house.DigestAsync();
        await house.ArticleAsync("CTO");
        await house.ReadersAsync(Readers, "CTO");
    }

    public async Task DisposeAsync()
    {
        await house.DisposeAsync();
        if (standby is not null)
        {
            await Programs.RunAsync("pg_ctl", "stop", "-w", "-m", "fast", "-D", standby);
        }
        await postgres.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(EditionState.Sending)]
    [InlineData(EditionState.Approved)]
    public async Task Files_that_were_copied_back_mail_nobody_twice(string state)
    {
        var edition = (await house.PlanAsync()).Edition;
        await house.Get<EditionSteps>().ApproveAsync(edition, null, "test");
        await house.Get<EditionSteps>().ScheduleAsync(edition, house.Time.GetUtcNow().AddMinutes(1), "test");
        if (state == EditionState.Sending)
        {
            await using var first = new Machine(house, Folder("a"));
            house.Time.Advance(TimeSpan.FromMinutes(2));
            await first.WorkUntilAsync(house, edition, Readers / 3);
        }
        Assert.Equal(state, await house.StateAsync(edition));
        await CopyAsync(cluster, cluster + ".copy");
        house.Time.Advance(TimeSpan.FromMinutes(2));
        await using (var first = new Machine(house, Folder("a")))
        {
            await first.WorkAsync(edition);
        }
        Assert.Equal(EditionState.Sent, await house.StateAsync(edition));

        await CopyAsync(cluster + ".copy", cluster);
        Assert.Equal(state, await house.StateAsync(edition));
        await using var known = new Machine(house, Folder("a"));
        await using var second = new Machine(house, Folder("b"));
        Assert.False(await known.WorkAsync(edition));
        Assert.False(await second.WorkAsync(edition));
        Assert.Equal(Readers, house.Mails.Mails.Count);
        await second.Get<RestoreConfirmation>().HoldAsync("test");
        Assert.True(await known.WorkAsync(edition));
        Assert.True(await second.WorkAsync(edition));
        Assert.Equal(Readers, house.Mails.Mails.SelectMany(mail => mail.Recipients).Distinct().Count());
        Assert.Equal(Readers, house.Mails.Mails.Count);
    }

    [Fact]
    public async Task The_embedded_cluster_is_known_by_its_files_also_where_the_witness_was_copied_with_it()
    {
        var birth = await postgres.BirthAsync();
        Assert.NotNull(birth);
        var marker = Store(birth);
        await marker.AddAsync();
        Assert.True((await marker.FindAsync())!.IsInPlace);
        await CopyAsync(cluster, cluster + ".copy");
        await CopyAsync(cluster + ".copy", cluster);
        Assert.NotEqual(birth, await postgres.BirthAsync());
        Assert.False((await Store(await postgres.BirthAsync()).FindAsync())!.IsInPlace);
    }

    [Theory]
    [Trait("Length", "long")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_standby_that_takes_over_goes_on_unless_it_has_lost_something(bool loses)
    {
        var edition = await house.StartAsync();
        await using (var first = new Machine(house, Folder("a")))
        {
            await first.WorkUntilAsync(house, edition, 5);
            await StandbyAsync();
            if (loses)
            {
                await Programs.RunAsync("pg_ctl", "stop", "-w", "-m", "fast", "-D", standby!);
            }
            await first.WorkUntilAsync(house, edition, Readers / 2);
        }
        if (!loses)
        {
            await CaughtUpAsync();
        }
        await Programs.RunAsync("pg_ctl", "stop", "-w", "-m", "immediate", "-D", cluster);
        if (loses)
        {
            await StartStandbyAsync();
        }
        await Programs.RunAsync("pg_ctl", "promote", "-w", "-D", standby!);
        await using var again = new Machine(house, Folder("a"), StandbyConnection);
        Assert.Equal(!loses, await again.WorkAsync(edition));
        if (!loses)
        {
            Assert.Equal(Readers, house.Mails.Mails.SelectMany(mail => mail.Recipients).Distinct().Count());
            Assert.Equal(Readers, house.Mails.Mails.Count);
        }
        await postgres.KeepAsync(default);
        house.Database.DataSource.Clear();
    }

    [Fact]
    public async Task A_restart_after_an_hour_and_a_second_machine_go_on_and_one_that_finds_a_forgotten_edition_asks()
    {
        var edition = await house.StartAsync();
        await using (var first = new Machine(house, Folder("a")))
        {
            await first.WorkUntilAsync(house, edition, 3);
        }
        await using (var second = new Machine(house, Folder("b")))
        {
            await second.WorkUntilAsync(house, edition, 6);
            Assert.Equal(EditionState.Sending, await house.StateAsync(edition));
        }
        await house.ExecuteAsync("update editions set heartbeat_at = now() - interval '1 hour'");
        await using (var forgotten = new Machine(house, Folder("c")))
        {
            await forgotten.WorkAsync(edition);
            var paused = await house.Get<EditionStore>().GetAsync(edition);
            Assert.Equal(EditionState.Paused, paused.State);
            Assert.Contains($"newsletter editions resume {edition}", paused.Note);
            await forgotten.Get<EditionSteps>().ResumeAsync(edition, "test");
            await forgotten.WorkUntilAsync(house, edition, 9);
            Assert.Equal(EditionState.Sending, await house.StateAsync(edition));
        }
        await house.ExecuteAsync("update editions set heartbeat_at = now() - interval '1 hour'");
        await using var restarted = new Machine(house, Folder("a"));
        Assert.True(await restarted.WorkAsync(edition));
        Assert.Equal(EditionState.Sent, await house.StateAsync(edition));
        Assert.Equal(Readers, house.Mails.Mails.Count);
    }

    private InstallationStore Store(string? birth) =>
        new(house.Database.DataSource, Microsoft.Extensions.Options.Options.Create(new DataOptions { ClusterBirth = birth }));

    /// <summary>With the server stopped, as a backup program does it.</summary>
    private async Task CopyAsync(string from, string to)
    {
        NpgsqlConnection.ClearAllPools();
        await Programs.RunAsync("pg_ctl", "stop", "-w", "-m", "fast", "-D", cluster);
        await ExternalProgram.RunAsync(["rm", "-rf", to], default);
        await ExternalProgram.RunAsync(["cp", "-a", from, to], default);
        await postgres.KeepAsync(default);
        house.Database.DataSource.Clear();
        house.Get<NpgsqlDataSource>().Clear();
    }

    private string StandbyConnection => new NpgsqlConnectionStringBuilder(house.Database.ConnectionString) { Host = standby }.ConnectionString;

    private async Task StandbyAsync()
    {
        standby = Folder("standby");
        await Programs.RunAsync("pg_basebackup", "-h", cluster, "-U", "newsletter", "-D", standby, "-R", "-X", "stream");
        var settings = (await File.ReadAllTextAsync(Path.Combine(standby, "newsletter.conf"))).Replace(cluster, standby, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(standby, "newsletter.conf"), settings);
        // The socket lies among the files that were copied.
        File.Delete(Path.Combine(standby, ".s.PGSQL.5432.lock"));
        await StartStandbyAsync();
    }

    private async Task StartStandbyAsync() =>
        await Programs.RunAsync("pg_ctl", "start", "-w", "-D", standby!, "-l", Path.Combine(standby!, "server.log"));

    private async Task CaughtUpAsync()
    {
        await using var follower = NpgsqlDataSource.Create(StandbyConnection);
        for (var tries = 0; tries < 100; tries++)
        {
            var end = await house.ScalarAsync<string>("select pg_current_wal_lsn()::text");
            await using var ask = follower.CreateCommand($"select pg_last_wal_replay_lsn() >= '{end}'::pg_lsn");
            if (await ask.ExecuteScalarAsync() is true)
            {
                return;
            }
            await Task.Delay(100);
        }
    }

    private string Folder(string name) => Path.Combine(folder.FullName, name);
}
