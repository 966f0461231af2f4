using Dapper;
using Npgsql;

namespace Newsletter.Database;

/// <summary>Who did what, when: approvals, schedules, suppressions, erasures. Holds no addresses of subscribers.</summary>
public sealed class AuditStore(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>Records within the transaction of the deed, so that there is none without its entry.</summary>
    /// <param name="actor">An editor's address, <c>cli</c>, <c>schedule</c>, <c>worker</c> or <c>subscriber</c>.</param>
    /// <param name="action">Noun and verb: <c>edition approved</c>.</param>
    /// <param name="subject">What it was done to: <c>edition 17</c>.</param>
    public Task RecordAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, string actor, string action, string subject) =>
        connection.ExecuteAsync(
            "insert into audit_log (at, actor, action, subject) values (@at, @actor, @action, @subject)",
            new { at = time.GetUtcNow(), actor, action, subject }, transaction);

    /// <summary>Entries about editions that no worker has written to its log yet, oldest first: each is given to one caller only.</summary>
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
