using Dapper;
using Newsletter.Choosing;
using Newsletter.Digests;
using Npgsql;

namespace Newsletter.Planning;

/// <summary>The inputs kept with an edition, by which it is explained and compared with today.</summary>
public sealed class PlanInputStore(NpgsqlDataSource database)
{
    /// <summary>What decided its plan; null for one that was not planned, or by a version that did not keep it.</summary>
    public async Task<PlanInputs?> FindAsync(long id)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<string?>("select inputs::text from editions where id = @id", new { id }) is { } json
            ? PlanInputs.Parse(json)
            : null;
    }

    /// <summary>The editor's subject and intro as they stand; null where there is none.</summary>
    internal static async Task<(string? Subject, string? Intro)> TextAsync(NpgsqlConnection connection, long id, CancellationToken cancel) =>
        await connection.QuerySingleOrDefaultAsync<(string?, string?)>(
            new CommandDefinition("select subject, intro from editions where id = @id", new { id }, cancellationToken: cancel));

    /// <summary>State and inputs of an edition that nobody else changes until the transaction ends; inputs as <see cref="FindAsync"/>.</summary>
    /// <exception cref="Refusal">NotFound: no such edition.</exception>
    internal static async Task<(string State, PlanInputs? Inputs)> LockAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long id)
    {
        var (state, json) = await connection.QuerySingleOrDefaultAsync<(string?, string?)>(
            "select state, inputs::text from editions where id = @id for update", new { id }, transaction);
        return (state ?? throw EditionStore.Missing(id), json is null ? null : PlanInputs.Parse(json));
    }

    /// <summary>The text of the inputs becomes the edition's, and the hash covers it.</summary>
    internal static Task SaveTextAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long id, PlanInputs inputs) =>
        connection.ExecuteAsync(
            "update editions set subject = @Subject, intro = @Intro, inputs = @json::jsonb, plan_hash = @hash where id = @id",
            new { id, inputs.Subject, inputs.Intro, json = inputs.ToJson(), hash = inputs.Hash() }, transaction);

    /// <summary>Ids of the items that somebody gets from it, and of the roles for which.</summary>
    public async Task<(IReadOnlySet<long> Items, IReadOnlySet<int> Roles)> PlannedAsync(long id)
    {
        await using var connection = await database.OpenConnectionAsync();
        var items = await connection.QueryAsync<long>("select distinct item_id from choices where edition_id = @id", new { id });
        var roles = await connection.QueryAsync<int>("select distinct unnest(role_ids) from choices where edition_id = @id", new { id });
        return (items.ToHashSet(), roles.ToHashSet());
    }
}
