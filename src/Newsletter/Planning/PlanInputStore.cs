using Dapper;
using Newsletter.Choosing;
using Newsletter.Digests;
using Npgsql;

namespace Newsletter.Planning;

/// <summary>The inputs stored with an edition, used to explain it and to detect changes.</summary>
public sealed class PlanInputStore(NpgsqlDataSource database)
{
    /// <summary>The inputs of an edition's plan; null if it was not planned, or was planned by a version that did not store them.</summary>
    public async Task<PlanInputs?> FindAsync(long id)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<string?>("select inputs::text from editions where id = @id", new { id }) is { } json
            ? PlanInputs.Parse(json)
            : null;
    }

    /// <summary>The editor's current subject and intro; null where not set.</summary>
    internal static async Task<(string? Subject, string? Intro)> TextAsync(NpgsqlConnection connection, long id, CancellationToken cancel) =>
        await connection.QuerySingleOrDefaultAsync<(string?, string?)>(
            new CommandDefinition("select subject, intro from editions where id = @id", new { id }, cancellationToken: cancel));

    /// <summary>Locks the edition's row until the transaction ends. Returns its state, and its inputs as <see cref="FindAsync"/> does.</summary>
    /// <exception cref="Refusal">NotFound: no such edition.</exception>
    internal static async Task<(string State, PlanInputs? Inputs)> LockAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long id)
    {
        var (state, json) = await connection.QuerySingleOrDefaultAsync<(string?, string?)>(
            "select state, inputs::text from editions where id = @id for update", new { id }, transaction);
        return (state ?? throw EditionStore.Missing(id), json is null ? null : PlanInputs.Parse(json));
    }

    /// <summary>Copies subject and intro from the inputs to the edition, and stores the inputs and their hash.</summary>
    internal static Task SaveTextAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long id, PlanInputs inputs) =>
        connection.ExecuteAsync(
            "update editions set subject = @Subject, intro = @Intro, inputs = @json::jsonb, plan_hash = @hash where id = @id",
            new { id, inputs.Subject, inputs.Intro, json = inputs.ToJson(), hash = inputs.Hash() }, transaction);

    /// <summary>Ids of the items that at least one reader gets from the edition, and of the roles they were chosen for.</summary>
    public async Task<(IReadOnlySet<long> Items, IReadOnlySet<int> Roles)> PlannedAsync(long id)
    {
        await using var connection = await database.OpenConnectionAsync();
        var items = await connection.QueryAsync<long>("select distinct item_id from choices where edition_id = @id", new { id });
        var roles = await connection.QueryAsync<int>("select distinct unnest(role_ids) from choices where edition_id = @id", new { id });
        return (items.ToHashSet(), roles.ToHashSet());
    }
}
