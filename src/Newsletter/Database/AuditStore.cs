using Dapper;
using Npgsql;

namespace Newsletter.Database;

/// <summary>Audit log of approvals, schedules, suppressions and erasures: actor, action, time. Contains no subscriber addresses.</summary>
public sealed class AuditStore(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>Commits this transaction without waiting for the flush to disk: if the server crashes, its entries may be lost.</summary>
    public static Task CommitWithoutFlushAsync(NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        connection.ExecuteAsync("set local synchronous_commit = off", transaction: transaction);

    /// <summary>Adds an entry in the same transaction as the action itself, so no action is committed without its entry.</summary>
    /// <param name="actor">An editor's address, <c>cli</c>, <c>schedule</c>, <c>worker</c> or <c>subscriber</c>.</param>
    /// <param name="action">Noun and verb: <c>edition approved</c>.</param>
    /// <param name="subject">Object of the action: <c>edition 17</c>.</param>
    public Task RecordAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, string actor, string action, string subject) =>
        connection.ExecuteAsync(
            "insert into audit_log (at, actor, action, subject) values (@at, @actor, @action, @subject)",
            new { at = time.GetUtcNow(), actor, action, subject }, transaction);

    /// <summary>Marks entries about editions as logged and returns them, oldest first. Concurrent callers never get the same entry.</summary>
    public async Task<IReadOnlyList<AuditEntry>> TakeUnloggedAsync(int most)
    {
        await using var connection = await database.OpenConnectionAsync();
        return (await connection.QueryAsync<AuditEntry>(
            """
            with taken as (
                update audit_log set is_logged = true where id in (
                    select id from audit_log where not is_logged and action like 'edition %' order by id limit @most for update skip locked)
                returning id, at, actor, action, subject
            )
            select at, actor, action, subject from taken order by id
            """, new { most })).AsList();
    }

    /// <summary>The latest entries, newest first.</summary>
    public async Task<IReadOnlyList<AuditEntry>> LatestAsync(int count)
    {
        await using var connection = await database.OpenConnectionAsync();
        return (await connection.QueryAsync<AuditEntry>(
            "select at, actor, action, subject from audit_log order by id desc limit @count", new { count })).AsList();
    }
}

public sealed record AuditEntry
{
    public required DateTimeOffset At { get; init; }
    public required string Actor { get; init; }
    public required string Action { get; init; }
    public required string Subject { get; init; }
}
