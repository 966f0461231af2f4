using System.Globalization;
using Dapper;
using Npgsql;

namespace Newsletter.Digests;

/// <summary>Editions and their states.</summary>
public sealed class EditionStore(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>First words of the note of an occurrence that is not caught up after a restore.</summary>
    internal const string PassedOver = "the database was restored from a copy";

    private const string Select =
        """
        select e.id, e.digest_id, d.slug as digest_slug, d.name as digest_name, d.timezone, d.language, e.occurrence_at, e.state, e.plan_hash,
               e.planned_at, e.approved_at, e.approved_by, e.send_at, e.started_at, e.finished_at, e.note, e.subject, e.intro,
               coalesce(e.archive, d.archive) as archive, e.subscribers, e.cohorts, e.created_at,
               e.secret, e.has_old_links
        from editions e join digests d on d.id = e.digest_id
        """;

    /// <exception cref="Refusal">NotFound: no such edition.</exception>
    public async Task<Edition> GetAsync(long id) => await FindAsync(id) ?? throw Missing(id);

    public async Task<Edition?> FindAsync(long id)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.QuerySingleOrDefaultAsync<Edition>($"{Select} where e.id = @id", new { id });
    }

    /// <summary>The newest editions first.</summary>
    /// <param name="digestId">Null for all digests, including deleted ones.</param>
    public async Task<IReadOnlyList<Edition>> ListAsync(int limit, int? digestId = null)
    {
        await using var connection = await database.OpenConnectionAsync();
        return (await connection.QueryAsync<Edition>(
            $"{Select} where @digestId::int is null or e.digest_id = @digestId order by e.id desc limit @limit", new { limit, digestId })).AsList();
    }

    /// <param name="states">Editions in any of these states.</param>
    public async Task<IReadOnlyList<Edition>> InStateAsync(params string[] states)
    {
        await using var connection = await database.OpenConnectionAsync();
        return (await connection.QueryAsync<Edition>($"{Select} where e.state = any(@states) order by e.id", new { states })).AsList();
    }

    /// <summary>
    /// Messages per second of the edition sent last, counting only seconds in which it sent any: readers' local hours cause gaps
    /// between them. Null if none of the last three editions sent any.
    /// </summary>
    internal async Task<double?> LastRateAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var ended = await connection.QueryAsync<long>(new CommandDefinition(
            "select id from editions where state = 'sent' order by finished_at desc limit 3", cancellationToken: cancel));
        foreach (var id in ended)
        {
            // The id is a literal, so that PostgreSQL reads only one partition.
            var rate = await connection.ExecuteScalarAsync<double?>(new CommandDefinition(string.Create(CultureInfo.InvariantCulture,
                $"""
                select sum(sent)::double precision / count(*) from (
                    select count(*) as sent from deliveries where edition_id = {id} and state = 'sent' group by date_trunc('second', ended_at)) seconds
                """), commandTimeout: 0, cancellationToken: cancel));
            if (rate is not null)
            {
                return rate;
            }
        }
        return null;
    }

    /// <summary>Records a heartbeat of a process that sends the edition.</summary>
    /// <returns>Whether it is sending.</returns>
    internal async Task<bool> BeatAsync(long id)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteAsync("update editions set heartbeat_at = now() where id = @id and state = 'sending'", new { id }) == 1;
    }

    /// <summary>Editions that paused themselves and were not resumed.</summary>
    internal async Task<IReadOnlyList<Edition>> BrokenAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        return (await connection.QueryAsync<Edition>(
            $"{Select} where e.state = 'paused' and starts_with(e.note, @PausedItself) order by e.id", new { EditionTransitionStore.PausedItself })).AsList();
    }

    /// <summary>Editions missed since a time, except those that an operator decided after a restore.</summary>
    internal async Task<IReadOnlyList<Edition>> MissedAsync(DateTimeOffset since)
    {
        await using var connection = await database.OpenConnectionAsync();
        return (await connection.QueryAsync<Edition>(
            $"{Select} where e.state = 'missed' and coalesce(e.finished_at, e.created_at) >= @since "
            + "and not starts_with(e.note, @PassedOver) order by e.id",
            new { since, PassedOver })).AsList();
    }

    /// <summary>Stores what an edition in this state waits for; null clears the note.</summary>
    /// <returns>Whether the note changed.</returns>
    public async Task<bool> NoteAsync(long id, string state, string? note)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteAsync(
            "update editions set note = @note where id = @id and state = @state and note is distinct from @note", new { id, state, note }) == 1;
    }

    /// <summary>Records an occurrence that was not planned in time.</summary>
    internal async Task RecordMissedAsync(int digestId, DateTimeOffset occurrence, string note)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            insert into editions (digest_id, occurrence_at, state, note, created_at) values (@digestId, @occurrence, 'missed', @note, @now)
            on conflict (digest_id, occurrence_at) where occurrence_at is not null do nothing
            """, new { digestId, occurrence, note, now = time.GetUtcNow() });
    }

    internal static Refusal Missing(long id) => Refusal.NotFound($"There is no edition {id}: 'newsletter editions list' shows the editions.");
}
