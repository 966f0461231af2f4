using Newsletter.Database;
using Newsletter.Tests.Support;
using Npgsql;

namespace Newsletter.Tests.Database;

/// <summary>Failures of a real server, a real disk and a real pool.</summary>
public sealed class OutageTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Theory]
    [InlineData("53100", "disk of the database is full")]
    [InlineData("53200", "out of memory")]
    [InlineData("53300", "max_connections")]
    [InlineData("57P01", "shut down")]
    [InlineData("57P02", "shut down")]
    [InlineData("57P03", "not ready")]
    [InlineData("57014", "took too long")]
    [InlineData("40P01", "try again")]
    [InlineData("58030", "cannot be reached")]
    [InlineData("28P01", "cannot be reached")]
    public async Task What_the_server_cannot_help_is_named(string state, string words)
    {
        var failure = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync($"do $$ begin raise exception 'x' using errcode = '{state}'; end $$"));
        Assert.Contains(words, Outage.Describe(new InvalidOperationException("wrapped", failure)));
    }

    [Theory]
    [InlineData("select 1 / 0")]
    [InlineData("select nothing")]
    [InlineData("do $$ begin raise exception 'x' using errcode = 'XX000'; end $$")]
    public async Task A_fault_is_a_fault(string sql) =>
        Assert.Null(Outage.Describe(await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(sql))));

    [Fact]
    public async Task A_standby_is_named() => Assert.Contains(
        "is read-only",
        Outage.Describe(await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync("set transaction_read_only = on; create table t (i int)"))));

    [Fact]
    public async Task A_server_that_takes_no_more_connections_is_named()
    {
        await ExecuteAsync("drop role if exists few; create role few login connection limit 0");
        var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = "few", Pooling = false });
        await using (source)
        {
            Assert.Contains("no more connections", Outage.Describe(await Assert.ThrowsAsync<PostgresException>(() => source.OpenConnectionAsync().AsTask())));
        }
    }

    [Fact]
    public async Task A_pool_that_is_used_up_is_named()
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) { MaxPoolSize = 1, Timeout = 1 });
        await using var held = await source.OpenConnectionAsync();
        Assert.Contains("Maximum Pool Size", Outage.Describe(await Assert.ThrowsAsync<NpgsqlException>(() => source.OpenConnectionAsync().AsTask())));
    }

    [Fact]
    public async Task A_full_disk_is_called_a_full_disk()
    {
        var failure = await Assert.ThrowsAsync<IOException>(() => File.WriteAllTextAsync("/dev/full", "text"));
        Assert.StartsWith("The disk is full", Outage.Describe(failure));
        Assert.Null(Outage.Describe(new FileNotFoundException("there is none")));
    }

    [Fact]
    public async Task The_log_of_an_embedded_server_that_stopped_for_want_of_room_says_so_for_a_while()
    {
        var log = Path.GetTempFileName();
        string[] full = ["2026-03-02 10:00:00.123 UTC [1] PANIC:  could not write to file \"pg_wal/xlogtemp.1\": No space left on device"];
        await File.WriteAllLinesAsync(log, [.. full, "2026-03-02 10:00:01.000 UTC [1] LOG:  server process (PID 2) was terminated by signal 6: Aborted"]);
        Assert.True(EmbeddedLog.SaysNoSpace(log));
        await File.WriteAllLinesAsync(log, [.. full, "2026-03-02 12:00:01.000 UTC [1] LOG:  database system is ready to accept connections"]);
        Assert.False(EmbeddedLog.SaysNoSpace(log));
        File.Delete(log);
        Assert.False(EmbeddedLog.SaysNoSpace(log));
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
