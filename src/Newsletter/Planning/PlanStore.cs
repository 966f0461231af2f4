using Dapper;
using Newsletter.Choosing;
using Npgsql;

namespace Newsletter.Planning;

/// <summary>Begins and completes a plan within the planning transaction, without a command timeout.</summary>
internal sealed class PlanStore(NpgsqlConnection connection, NpgsqlTransaction transaction, DateTimeOffset now, CancellationToken cancel)
{
    // Arbitrary constant: the advisory lock that serializes planning across the installation. Two concurrent plans could otherwise
    // choose the same item for one reader.
    private const long PlanningLock = 0x706C616E;

    /// <summary>Waits for the planning lock, without a timeout.</summary>
    public Task LockAsync() => ExecuteAsync($"select pg_advisory_xact_lock({PlanningLock})");

    /// <summary>Locks the digest's unapproved edition for (re)planning, or creates a new edition with its partition.</summary>
    /// <returns>The edition's id and its send time; null if none is set yet.</returns>
    /// <exception cref="Refusal">Conflict: the occurrence already has an edition, or another edition waits for approval.</exception>
    public async Task<(long Id, DateTimeOffset? SendAt)> OpenAsync(int digestId, DateTimeOffset? occurrence)
    {
        var taken = await connection.ExecuteScalarAsync<long?>(
            "select id from editions where digest_id = @digestId and occurrence_at = @occurrence and state <> 'planned'",
            new { digestId, occurrence }, transaction);
        if (taken is not null)
        {
            throw Refusal.Conflict($"This occurrence already has an edition: {taken}.");
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
        // Attaching does not lock the other editions' deliveries, unlike "create … partition of".
        await ExecuteAsync(
            $"""
            create table deliveries_{id} (like deliveries including all);
            alter table deliveries attach partition deliveries_{id} for values in ({id});
            """);
        return (id, occurrence);
    }

    /// <summary>Stores the plan's hash, counts and inputs with the edition.</summary>
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
