using System.Diagnostics;
using Dapper;
using Npgsql;

namespace Newsletter.Deliveries;

/// <summary>
/// Says in the database that a sender lives. One that does not renew it for a minute counts as dead, and what it had in hand
/// is taken from it: a sender must not begin anything once it cannot be sure that it still counts as alive.
/// </summary>
public sealed class WorkerLease : IAsyncDisposable
{
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(10);

    /// <summary>Short of the minute, for what lies between looking at the clock and acting.</summary>
    private static readonly TimeSpan Trusted = TimeSpan.FromSeconds(45);

    private const string Length = "interval '1 minute'";

    private readonly NpgsqlDataSource database;
    private readonly long editionId;
    private readonly CancellationTokenSource ending = new();
    private Task renewing = Task.CompletedTask;
    private long renewedAt;

    private WorkerLease(NpgsqlDataSource database, long editionId) => (this.database, this.editionId) = (database, editionId);

    public Guid Owner { get; } = Guid.NewGuid();

    /// <summary>By a clock that goes on while this process is stopped.</summary>
    public bool IsHeld => Stopwatch.GetElapsedTime(Volatile.Read(ref renewedAt)) < Trusted;

    /// <param name="editionId">The one that is to be sent.</param>
    public static async Task<WorkerLease> TakeAsync(NpgsqlDataSource database, long editionId)
    {
        var lease = new WorkerLease(database, editionId);
        var asked = Stopwatch.GetTimestamp();
        await lease.ExecuteAsync($"insert into senders (owner, lease_until) values (@Owner, now() + {Length})");
        lease.renewedAt = asked;
        lease.renewing = lease.RenewAsync();
        return lease;
    }

    /// <summary>Nothing may be in hand any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await renewing;
        ending.Dispose();
        try
        {
            await ExecuteAsync(
                """
                delete from senders where owner = @Owner
                  and not exists (select from deliveries where edition_id = @editionId and owner = @Owner and state in ('claimed', 'sending'))
                """);
        }
        catch (NpgsqlException)
        {
            // The lease ends by itself, and what is left in hand is swept then.
        }
    }

    private async Task RenewAsync()
    {
        while (true)
        {
            await Task.Delay(Renewal, ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ending.IsCancellationRequested)
            {
                return;
            }
            try
            {
                var asked = Stopwatch.GetTimestamp();
                if (await ExecuteAsync($"update senders set lease_until = now() + {Length} where owner = @Owner") == 1)
                {
                    Volatile.Write(ref renewedAt, asked);
                }
            }
            catch (NpgsqlException)
            {
                // While the database is away the lease runs out, as it should.
            }
        }
    }

    private async Task<int> ExecuteAsync(string sql)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteAsync(sql, new { Owner, editionId });
    }
}
