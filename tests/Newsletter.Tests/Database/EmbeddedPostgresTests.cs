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
    public async Task A_program_that_runs_on_starts_a_killed_postmaster_again()
    {
        await using var server = await EmbeddedPostgres.StartAsync(data.FullName);
        await ExecuteAsync(server.ConnectionString, "create table kept as select 7 as id");
        await KillPostmasterAsync();

        await server.KeepAsync(default);

        Assert.Equal(1L, await ExecuteAsync(server.ConnectionString, "select count(*) from kept"));
    }

    [Fact]
    public async Task Leaving_a_server_that_has_died_is_no_failure()
    {
        var server = await EmbeddedPostgres.StartAsync(data.FullName);
        await KillPostmasterAsync();

        await server.DisposeAsync();
    }

    [Theory]
    [InlineData("a$(touch pwned)b")]
    [InlineData("quote\"d")]
    [InlineData("com,ma")]
    [InlineData("new\nline")]
    public async Task A_folder_that_a_shell_would_read_is_refused_before_anything_is_made(string name)
    {
        var folder = Path.Combine(data.FullName, name);

        var refusal = await Assert.ThrowsAsync<Refusal>(() => EmbeddedPostgres.StartAsync(folder));

        Assert.Equal(RefusalKind.Invalid, refusal.Kind);
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task A_folder_with_blanks_and_apostrophes_will_do()
    {
        var folder = data.CreateSubdirectory("it's a föld er");
        await using var server = await EmbeddedPostgres.StartAsync(folder.FullName);

        Assert.Equal(1, await ExecuteAsync(server.ConnectionString, "select 1"));
    }

    [Fact]
    public async Task A_postmaster_killed_while_in_use_recovers_at_the_next_start()
    {
        var crashed = await EmbeddedPostgres.StartAsync(data.FullName);
        await ExecuteAsync(crashed.ConnectionString, "create table kept as select 7 as id");
        await KillPostmasterAsync();

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

    private async Task KillPostmasterAsync()
    {
        var pid = int.Parse((await File.ReadAllLinesAsync(Path.Combine(data.FullName, "postgres", "postmaster.pid")))[0], CultureInfo.InvariantCulture);
        using var postmaster = Process.GetProcessById(pid);
        postmaster.Kill();
        await postmaster.WaitForExitAsync();
    }

    private static async Task<object?> ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
