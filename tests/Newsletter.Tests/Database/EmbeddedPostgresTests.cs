using System.Diagnostics;
using System.Globalization;
using Newsletter.Database;
using Npgsql;

namespace Newsletter.Tests.Database;

public sealed class EmbeddedPostgresTests : IDisposable
{
    private readonly DirectoryInfo data = Directory.CreateTempSubdirectory("nl-");

    public EmbeddedPostgresTests() => File.SetUnixFileMode(data.FullName, (UnixFileMode)0b111_101_101);

    public void Dispose() => data.Delete(recursive: true);

    [Fact]
    public async Task The_last_user_stops_the_server_and_its_data_stay()
    {
        await using (var first = await EmbeddedPostgres.StartAsync(data.FullName))
        {
            await using (await EmbeddedPostgres.StartAsync(data.FullName))
            {
                await ExecuteAsync(first.ConnectionString, "create table kept (id int)");
            }
            await ExecuteAsync(first.ConnectionString, "insert into kept values (1)");
        }
        Assert.False(File.Exists(Path.Combine(data.FullName, "postgres", "postmaster.pid")));

        await using var again = await EmbeddedPostgres.StartAsync(data.FullName);
        Assert.Equal(1L, await ExecuteAsync(again.ConnectionString, "select count(*) from kept"));
    }

    [Fact]
    public async Task A_server_killed_with_its_pid_file_left_behind_is_started_again()
    {
        var pidFile = Path.Combine(data.FullName, "postgres", "postmaster.pid");
        string left;
        await using (var crashed = await EmbeddedPostgres.StartAsync(data.FullName))
        {
            await ExecuteAsync(crashed.ConnectionString, "create table kept (id int)");
            left = await File.ReadAllTextAsync(pidFile);
        }
        // A machine that lost power leaves the file, and after the restart its number belongs to another program: us.
        var lines = left.Split('\n');
        lines[0] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        await File.WriteAllTextAsync(pidFile, string.Join('\n', lines));

        await using var again = await EmbeddedPostgres.StartAsync(data.FullName);
        Assert.Equal(0L, await ExecuteAsync(again.ConnectionString, "select count(*) from kept"));
    }

    [Fact]
    public async Task A_postmaster_killed_while_in_use_recovers_at_the_next_start()
    {
        var crashed = await EmbeddedPostgres.StartAsync(data.FullName);
        await ExecuteAsync(crashed.ConnectionString, "create table kept as select 7 as id");
        var pid = int.Parse((await File.ReadAllLinesAsync(Path.Combine(data.FullName, "postgres", "postmaster.pid")))[0], CultureInfo.InvariantCulture);
        using (var postmaster = Process.GetProcessById(pid))
        {
            postmaster.Kill();
            await postmaster.WaitForExitAsync();
        }

        await using (var again = await EmbeddedPostgres.StartAsync(data.FullName))
        {
            Assert.Equal(1L, await ExecuteAsync(again.ConnectionString, "select count(*) from kept"));
        }
        await crashed.DisposeAsync();
    }

    [Fact]
    public async Task An_initialisation_cut_short_is_done_again()
    {
        var half = Directory.CreateDirectory(Path.Combine(data.FullName, "postgres.new", "base"));
        await File.WriteAllTextAsync(Path.Combine(half.FullName, "half"), "");

        await using var server = await EmbeddedPostgres.StartAsync(data.FullName);

        Assert.Equal(1, await ExecuteAsync(server.ConnectionString, "select 1"));
    }

    private static async Task<object?> ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
