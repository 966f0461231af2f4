using Dapper;
using Npgsql;

namespace Newsletter.Digests;

/// <summary>Digest definitions.</summary>
public sealed class DigestStore(NpgsqlDataSource database, TimeProvider time)
{
    private const string Columns =
        "id, slug, name, language, cron, timezone, lead, min_items, max_items, candidate_days, approval, archive, next_at";

    /// <exception cref="Refusal">Invalid: a value is out of range. Conflict: the slug is taken.</exception>
    public async Task<Digest> CreateAsync(Digest digest)
    {
        digest = Scheduled(digest.Checked());
        await using var connection = await database.OpenConnectionAsync();
        try
        {
            return await connection.QuerySingleAsync<Digest>(
                $"""
                insert into digests (slug, name, language, cron, timezone, lead, min_items, max_items, candidate_days, approval, archive, next_at, created_at)
                values (@Slug, @Name, @Language, @Cron, @Timezone, @Lead, @MinItems, @MaxItems, @CandidateDays, @Approval, @Archive, @NextAt, @now)
                returning {Columns}
                """, Parameters(digest));
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw Refusal.Conflict(
                $"A digest '{digest.Slug}' already exists: choose another slug, or change the digest with 'newsletter digests edit {digest.Slug}'.");
        }
    }

    /// <summary>Changes apply from the next occurrence that is planned.</summary>
    /// <exception cref="Refusal">Invalid: a value is out of range. NotFound: deleted concurrently.</exception>
    public async Task<Digest> EditAsync(Digest digest)
    {
        digest = Scheduled(digest.Checked());
        await using var connection = await database.OpenConnectionAsync();
        return await connection.QuerySingleOrDefaultAsync<Digest>(
            $"""
            update digests set name = @Name, language = @Language, cron = @Cron, timezone = @Timezone, lead = @Lead, min_items = @MinItems,
                   max_items = @MaxItems, candidate_days = @CandidateDays, approval = @Approval, archive = @Archive,
                   -- Changed only with the schedule: the worker may be advancing it concurrently.
                   next_at = case when (cron, timezone) is distinct from (@Cron, @Timezone) then @NextAt else next_at end
            where id = @Id and deleted_at is null
            returning {Columns}
            """, Parameters(digest)) ?? throw Missing(digest.Slug);
    }

    /// <exception cref="Refusal">NotFound: no such digest.</exception>
    public async Task<Digest> GetAsync(string slug)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.QuerySingleOrDefaultAsync<Digest>(
            $"select {Columns} from digests where slug = @slug and deleted_at is null", new { slug }) ?? throw Missing(slug);
    }

    /// <summary>Includes deleted digests, for their editions.</summary>
    public async Task<Digest> GetAsync(int id)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.QuerySingleAsync<Digest>($"select {Columns} from digests where id = @id", new { id });
    }

    public async Task<IReadOnlyList<Digest>> ListAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        return (await connection.QueryAsync<Digest>($"select {Columns} from digests where deleted_at is null order by slug")).AsList();
    }

    /// <summary>Digests whose next occurrence is due for planning, lead time included.</summary>
    public async Task<IReadOnlyList<Digest>> DueAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        return (await connection.QueryAsync<Digest>(
            $"select {Columns} from digests where deleted_at is null and next_at - lead <= @now order by next_at",
            new { now = time.GetUtcNow() })).AsList();
    }

    /// <summary>Advances to the next occurrence, unless another worker did or the schedule was changed concurrently.</summary>
    public async Task AdvanceAsync(Digest digest, DateTimeOffset? next)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            "update digests set next_at = @next where id = @Id and next_at = @NextAt", new { digest.Id, digest.NextAt, next });
    }

    /// <summary>Marks a digest as deleted: its editions stay as history, and no new ones are planned.</summary>
    /// <exception cref="Refusal">NotFound: no such digest. Conflict: an edition is open.</exception>
    public async Task DeleteAsync(string slug)
    {
        var digest = await GetAsync(slug);
        await using var connection = await database.OpenConnectionAsync();
        var deleted = await connection.ExecuteAsync(
            """
            update digests set deleted_at = @now, next_at = null
            where id = @Id and not exists (
                select from editions e where e.digest_id = @Id and e.state in ('planned', 'approved', 'sending', 'paused'))
            """, new { digest.Id, now = time.GetUtcNow() });
        if (deleted == 0)
        {
            throw Refusal.Conflict($"Digest '{slug}' has an edition that is planned or being sent: cancel it first.");
        }
    }

    private Digest Scheduled(Digest digest)
    {
        var next = digest.OccurrenceAfter(time.GetUtcNow());
        return digest.Cron is null || next is not null
            ? digest with { NextAt = next }
            : throw Refusal.Invalid($"The schedule '{digest.Cron}' never occurs.");
    }

    private object Parameters(Digest d) => new
    {
        d.Id, d.Slug, d.Name, d.Language, d.Cron, d.Timezone, d.Lead, d.MinItems, d.MaxItems, d.CandidateDays,
        d.Approval, d.Archive, d.NextAt, now = time.GetUtcNow(),
    };

    private static Refusal Missing(string slug) => Refusal.NotFound($"There is no digest '{slug}': 'newsletter digests list' shows all digests.");
}
