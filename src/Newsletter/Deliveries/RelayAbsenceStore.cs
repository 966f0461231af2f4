using Dapper;
using Npgsql;

namespace Newsletter.Deliveries;

/// <summary>Unreachable relays per process: another process may still reach them.</summary>
public sealed class RelayAbsenceStore(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>A process with pending mail retries every minute, so an older row is from a process that has ended or has no more mail.</summary>
    private static readonly TimeSpan Renewed = TimeSpan.FromMinutes(5);

    public async Task RecordAsync(Guid process, string relay, DateTimeOffset since, string reason)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            insert into relay_absences (relay, process, since, seen_at, reason) values (@relay, @process, @since, @now, @reason)
            on conflict (relay, process) do update set since = excluded.since, seen_at = excluded.seen_at, reason = excluded.reason
            """, new { relay, process, since, now = time.GetUtcNow(), reason = reason.Replace('\0', ' ') });
    }

    public async Task RemoveAsync(Guid process, string relay)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync("delete from relay_absences where relay = @relay and process = @process", new { relay, process });
    }

    /// <summary>Relays that a process has not reached for at least this long, despite recent retries; each relay once.</summary>
    public async Task<IReadOnlyList<RelayAbsence>> LastingAsync(TimeSpan atLeast)
    {
        await using var connection = await database.OpenConnectionAsync();
        var now = time.GetUtcNow();
        await connection.ExecuteAsync("delete from relay_absences where seen_at < @yesterday", new { yesterday = now.AddDays(-1) });
        return (await connection.QueryAsync<RelayAbsence>(
            """
            select distinct on (relay) relay, since, reason from relay_absences where since <= @until and seen_at >= @fresh order by relay, since
            """, new { until = now - atLeast, fresh = now - Renewed })).AsList();
    }
}
