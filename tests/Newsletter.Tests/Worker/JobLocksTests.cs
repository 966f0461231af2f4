using System.Diagnostics;
using Newsletter.Tests.Faults;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Worker;

/// <summary>Hangfire's locks are rows, and outlive whoever held them.</summary>
public sealed class JobLocksTests : IAsyncLifetime
{
    private readonly TestProduct house = new();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("nl-locks-");

    public Task InitializeAsync() => house.InitializeAsync();

    public async Task DisposeAsync()
    {
        await house.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Theory]
    [Trait("Length", "long")]
    [InlineData("0 seconds")]
    [InlineData("1 hour")]
    public async Task A_worker_killed_with_every_lock_in_hand_keeps_no_other_from_starting_and_working(string clockAhead)
    {
        using (var victim = Start())
        {
            await RunsAsync(victim);
            await WorksAsync();
            await Signal.SendAsync("KILL", victim);
            await victim.WaitForExitAsync();
        }
        await house.ExecuteAsync(
            $"""
            insert into hangfire.lock (resource, acquired)
            select r, now() + interval '{clockAhead}'
            from unnest(array['hangfire:recurring-jobs:lock', 'hangfire:locks:schedulepoller', 'locks:expirationmanager']) r
            union all select 'hangfire:lock:recurring-job:' || value, now() + interval '{clockAhead}' from hangfire.set where key = 'recurring-jobs'
            union all select 'hangfire:job:' || id || ':state-lock', now() + interval '{clockAhead}' from hangfire.job
            on conflict do nothing
            """);
        var killed = Stopwatch.GetTimestamp();

        using var other = Start();
        var log = await RunsAsync(other);
        await WorksAsync();
        var took = Stopwatch.GetElapsedTime(killed);
        await Signal.SendAsync("TERM", other);
        await other.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));

        Assert.InRange(took.TotalSeconds, 0, 45);
        Assert.Equal(0, other.ExitCode);
        Assert.Contains("Removed the stale lock hangfire:", log + await other.StandardError.ReadToEndAsync());
    }

    private Process Start() => CliRun.Start(new Dictionary<string, string>(house.Configuration) { ["Data:Directory"] = folder.FullName }, "worker");

    /// <returns>What it said until it ran.</returns>
    private static async Task<string> RunsAsync(Process worker)
    {
        var said = "";
        while (await worker.StandardError.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(2)) is { } line)
        {
            said += line;
            if (line.Contains("The worker runs", StringComparison.Ordinal))
            {
                return said;
            }
        }
        throw new InvalidOperationException($"The worker did not start: {said}");
    }

    /// <summary>Until a job has been begun and ended after this.</summary>
    private async Task WorksAsync()
    {
        var before = await house.ScalarAsync<long>("select coalesce(max(id), 0) from hangfire.job");
        while (await house.ScalarAsync<long>($"select count(*) from hangfire.job where statename = 'Succeeded' and id > {before}") == 0)
        {
            await Task.Delay(100);
        }
    }
}
