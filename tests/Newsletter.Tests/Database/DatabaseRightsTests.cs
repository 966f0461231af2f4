using Newsletter.Cli;
using Newsletter.Database;
using Newsletter.Tests.Faults;
using Newsletter.Tests.Support;
using Newsletter.Worker;
using Npgsql;

namespace Newsletter.Tests.Database;

/// <summary>A database whose owner is somebody else, and a role that may do what it was given.</summary>
public sealed class DatabaseRightsTests : IAsyncLifetime
{
    private const string Role = "Nora's role";
    private static string? migrated;
    private readonly TestDatabase database = new(TestServer.Empty);
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("nl-rights-");

    public async Task InitializeAsync()
    {
        await database.InitializeAsync();
        var name = Quoted.Replace("'", "''", StringComparison.Ordinal);
        await ExecuteAsync($"do $$ begin if to_regrole('{name}') is null then create role {Quoted} login; end if; end $$");
        await RevokeAsync();
    }

    public async Task DisposeAsync()
    {
        await database.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Each_missing_right_is_named_with_the_statement_that_gives_it_before_anything_is_made()
    {
        var run = await CliRun.OfAsync(Settings(), ["migrate"]);
        Assert.Equal(3, run.ExitCode);
        Assert.Equal($"The database role {Role} lacks CREATE on database {Name}, which making the schema hangfire needs: "
            + $"as the owner or a superuser, run \"create schema hangfire authorization {Quoted}\".", run.Error.Trim());
        Assert.Equal(0L, await ScalarAsync("select count(*) from pg_class where relname = 'schema_versions'"));

        var mends = await MendAsync(migrating: true);
        Assert.Equal(["create schema", "grant usage", "grant create", "grant temporary"], mends.Select(m => string.Join(' ', m.Split(' ')[..2])));

        run = await CliRun.OfAsync(Settings(), ["migrate"]);
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Empty(await Rights.MissingAsync(default));
        await JobSchema.EnsureCurrentAsync(ConnectionString, default);
    }

    [Theory]
    [InlineData("revoke create on schema public from {0}", "CREATE on schema public")]
    [InlineData("revoke usage on schema public from {0}", "USAGE on schema public")]
    [InlineData("revoke temporary on database {1} from {0}", "TEMPORARY on database {1}")]
    [InlineData("alter table deliveries owner to newsletter", "ownership on table deliveries")]
    [InlineData("alter schema hangfire owner to newsletter", "USAGE on schema hangfire")]
    [InlineData("alter table hangfire.job owner to newsletter", "DELETE, INSERT, SELECT, UPDATE on tables of schema hangfire")]
    [InlineData("alter sequence hangfire.lonely_seq owner to newsletter", "USAGE on sequences of schema hangfire")]
    public async Task What_is_taken_away_later_is_named_by_doctor_and_at_the_start(string taken, string named)
    {
        await MigrateAsync();
        await ExecuteAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, taken, Quoted, Name));

        var refusal = await Assert.ThrowsAsync<Refusal>(() => Rights.EnsureAsync(default));
        Assert.Contains(string.Format(System.Globalization.CultureInfo.InvariantCulture, named, Role, Name), refusal.Message);
        var doctor = await CliRun.OfAsync(Settings(), ["doctor"]);
        Assert.Equal(3, doctor.ExitCode);
        Assert.Contains(refusal.Message, doctor.Output + doctor.Error);

        await MendAsync(migrating: false);
        Assert.Empty(await Rights.MissingAsync(default));
    }

    [Fact]
    public async Task A_role_that_may_make_no_schema_plans_and_works_and_a_table_of_others_does_not_matter()
    {
        await MendAsync(migrating: true);
        await ExecuteAsync("create table public.of_others (id int)");
        Assert.Equal(0, (await CliRun.OfAsync(Settings(), ["migrate"])).ExitCode);
        Assert.Equal(0, (await CliRun.OfAsync(Settings(), ["digests", "create", "weekly", "--name", "Weekly"])).ExitCode);
        Assert.Equal(0, (await CliRun.OfAsync(Settings(), ["editions", "plan", "weekly"])).ExitCode);

        using var worker = CliRun.Start(Settings(), "worker");
        string? line;
        do
        {
            line = await worker.StandardError.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(2));
        }
        while (line?.Contains("The worker runs", StringComparison.Ordinal) == false);
        await Signal.SendAsync("TERM", worker);

        Assert.Equal(0, (await CliRun.EndAsync(worker)).ExitCode);
    }

    [Fact]
    public async Task Without_the_tables_of_the_jobs_a_worker_says_which_command_makes_them()
    {
        await MendAsync(migrating: true);
        await new Migrations(ConnectionString).ApplyAsync(default);

        var run = await CliRun.OfAsync(Settings(), ["worker"]);

        Assert.Equal(5, run.ExitCode);
        Assert.Contains("run 'newsletter migrate'", run.Error);
    }

    /// <summary>Once; other tests get a copy. What is granted on a database itself is not copied.</summary>
    private async Task MigrateAsync()
    {
        if (migrated is null)
        {
            await MendAsync(migrating: true);
            await using (await Installation.OpenAsync(Settings().ToDictionary(s => s.Key, s => (string?)s.Value), migrate: true))
            {
                await ExecuteAsync("set role " + Quoted + "; create sequence hangfire.lonely_seq");
            }
            var server = await TestServer.StartedAsync();
            await TestServer.ExecuteAsync(server, $"select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '{Name}'");
            await TestServer.ExecuteAsync(server, $"create database {Name}_migrated template {Name}");
            migrated = Name + "_migrated";
        }
        await database.ResetAsync(migrated);
        await RevokeAsync();
        await MendAsync(migrating: true);
    }

    private Task RevokeAsync() => ExecuteAsync("revoke all on schema public from public", $"revoke temporary on database {Name} from public");

    private static string Quoted => $"\"{Role}\"";

    private string Name => new NpgsqlConnectionStringBuilder(database.ConnectionString).Database!;

    private string ConnectionString => new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = Role }.ConnectionString;

    private DatabaseRights Rights => new(ConnectionString, JobSchema.Name);

    /// <summary>Runs the statements that sentences name until none is missing.</summary>
    private async Task<IReadOnlyList<string>> MendAsync(bool migrating)
    {
        var mends = new List<string>();
        while (await Rights.MissingAsync(default, migrating) is [var missing, ..])
        {
            Assert.InRange(mends.Count, 0, 20);
            mends.Add(missing.Mend);
            await ExecuteAsync(missing.Mend);
        }
        return mends;
    }

    private async Task ExecuteAsync(params string[] statements)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        foreach (var statement in statements)
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    private Dictionary<string, string> Settings() => new()
    {
        ["ConnectionStrings:Newsletter"] = ConnectionString,
        ["Data:Directory"] = folder.FullName,
        ["Site:PublicUrl"] = "http://127.0.0.1:8080",
        ["Site:SigningKeys:0"] = "a key for tests, and for nothing else",
        ["Sender:Address"] = "news@example.com",
        ["Sender:PostalAddress"] = "Street 1",
        ["Smtp:Host"] = "127.0.0.1",
        ["Smtp:Port"] = "1",
        ["Smtp:Security"] = "none",
    };
}
