using Hangfire.Server;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Newsletter.Worker;

/// <summary>
/// Removes stale locks. Hangfire's locks are rows that outlive their owner: a worker that was killed while it held a lock blocked all
/// jobs of all workers for ten minutes. Locks are normally held for milliseconds, so a lock of five seconds belongs to a process that is
/// dead or suspended. If the owner is alive, two concurrent owners do no harm, because our own rows decide what is due.
/// </summary>
internal sealed class StaleLocks(string connectionString, ILogger<StaleLocks> log) : IBackgroundProcess
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(2);

    /// <summary>Uses the database's clock. A time in the future was written by a machine whose clock is wrong.</summary>
    public void Remove()
    {
        using var connection = new NpgsqlConnection(connectionString);
        connection.Open();
        using var command = new NpgsqlCommand(
            $"""
            delete from {JobSchema.Name}.lock where acquired is null or acquired not between now() - interval '5 seconds' and now() + interval '5 seconds'
            returning resource
            """, connection);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            log.LogWarning("Removed the stale lock {Resource}: its owner died, or was suspended for five seconds.", reader.GetString(0));
        }
    }

    public void Execute(BackgroundProcessContext context)
    {
        Remove();
        context.Wait(PollInterval);
    }
}
