using Dapper;
using Newsletter.Choosing;
using Npgsql;

namespace Newsletter.Planning;

/// <summary>Opens and closes a plan, within the one transaction of planning, which has the time it needs.</summary>
internal sealed class PlanStore(NpgsqlConnection connection, NpgsqlTransaction transaction, DateTimeOffset now, CancellationToken cancel)
{
    // Any constant: the name of the lock that serialises planning over the installation, so that two editions planned
    // at once cannot both choose an item for one person.
    private const long PlanningLock = 0x706C616E;

    /// <summary>Waits for its turn, however long another plan takes.</summary>
    public Task LockAsync() => ExecuteAsync($"select pg_advisory_xact_lock({PlanningLock})");

    /// <summary>The digest's unapproved edition, to be planned (again), or a new one with its partition.</summary>
    /// <returns>Its id, and when it is to be sent; null as long as nobody said.</returns>
    /// <exception cref="Refusal">Conflict: the occurrence has its edition already, or another one waits for approval.</exception>
    public async Task<(long Id, DateTimeOffset? SendAt)> OpenAsync(int digestId, DateTimeOffset? occurrence)
    {
        var taken = await connection.ExecuteScalarAsync<long?>(
            "select id from editions where digest_id = @digestId and occurrence_at = @occurrence and state <> 'planned'", new { digestId, occurrence }, transaction);
        if (taken is not null)
        {
            throw Refusal.Conflict($"This occurrence has its edition already: {taken}.");
        }
        var open = await connection.QuerySingleOrDefaultAsync<OpenPlan>(
            "select id, occurrence_at, send_at from editions where digest_id = @digestId and state = 'planned' for update", new { digestId }, transaction);
        if (open is not null)
        {
            if (occurrence is not null && open.OccurrenceAt is not null && open.OccurrenceAt != occurrence)
            {
                throw Refusal.Conflict($"Edition {open.Id} still waits for approval: approve or cancel it first.");
            }
            await ExecuteAsync(
                "update editions set occurrence_at = coalesce(@occurrence, occurrence_at), send_at = coalesce(@occurrence, send_at) where id = @Id",
                new { open.Id, occurrence });
            return (open.Id, occurrence ?? open.SendAt);
        }
        var id = await connection.ExecuteScalarAsync<long>(
            """
            insert into editions (digest_id, occurrence_at, send_at, state, created_at)
            values (@digestId, @occurrence, @occurrence, 'planned', @now)
            returning id
            """, new { digestId, occurrence, now }, transaction);
        // Attaching, unlike "create … partition of", does not lock the other editions' deliveries out.
        await ExecuteAsync(
            $"""
            create table deliveries_{id} (like deliveries including all);
            alter table deliveries attach partition deliveries_{id} for values in ({id});
            """);
        return (id, occurrence);
    }

    /// <summary>Stores what was planned.</summary>
    public Task CloseAsync(EditionPlan plan, PlanInputs inputs) =>
        ExecuteAsync(
            """
            update editions set plan_hash = @PlanHash, planned_at = @now, subscribers = @Subscribers, cohorts = @Cohorts, compositions = @Compositions,
                   inputs = @inputs::jsonb
            where id = @Edition
            """, new { plan.Edition, plan.PlanHash, plan.Subscribers, plan.Cohorts, plan.Compositions, inputs = inputs.ToJson(), now });

    private Task ExecuteAsync(string sql, object? values = null) =>
        connection.ExecuteAsync(new CommandDefinition(sql, values, transaction, commandTimeout: 0, cancellationToken: cancel));

    private sealed record OpenPlan
    {
        public required long Id { get; init; }
        public required DateTimeOffset? OccurrenceAt { get; init; }
        public required DateTimeOffset? SendAt { get; init; }
    }
}
