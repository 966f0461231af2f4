using System.Text.Json;
using Dapper;
using Newsletter.Items;
using Npgsql;

namespace Newsletter.Digests;

/// <summary>What editions consist of, and what a reader had of them.</summary>
public sealed class CompositionStore(NpgsqlDataSource database)
{
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public async Task<IReadOnlyDictionary<int, Choice>> ChoicesAsync(long editionId)
    {
        await using var connection = await database.OpenConnectionAsync();
        var rows = await connection.QueryAsync<ChoiceRow>(
            "select number, item_id, revision_id, depth, reasons::text as reasons from choices where edition_id = @editionId", new { editionId });
        return rows.ToDictionary(row => row.Number, row => new Choice(row.Number, row.ItemId, row.RevisionId,
            Enum.Parse<Depth>(row.Depth, ignoreCase: true), JsonSerializer.Deserialize<List<Reason>>(row.Reasons, Json)!));
    }

    /// <returns>Each composition's number and its choices in order.</returns>
    public async Task<IReadOnlyList<(int Number, int[] Choices)>> ReadAsync(long editionId, IReadOnlyCollection<int> numbers)
    {
        await using var connection = await database.OpenConnectionAsync();
        return (await connection.QueryAsync<(int, int[])>(
            "select number, choices from compositions where edition_id = @editionId and number = any(@numbers)",
            new { editionId, numbers = numbers.ToArray() })).AsList();
    }

    /// <summary>The composition that most readers get; null when nobody gets anything.</summary>
    public async Task<int?> CommonestAsync(long editionId)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<int?>(
            """
            select composition from deliveries where edition_id = @editionId and composition is not null
            group by composition order by count(*) desc, composition limit 1
            """, new { editionId });
    }

    /// <summary>The commonest composition in which an item is chosen for one of these roles, by name; null without one.</summary>
    public async Task<int?> CommonestForAsync(long editionId, IReadOnlyCollection<string> roles)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<int?>(
            """
            select d.composition
            from deliveries d join compositions co on co.edition_id = d.edition_id and co.number = d.composition
            where d.edition_id = @editionId and exists (
                select from choices ch, jsonb_array_elements(ch.reasons) fact
                where ch.edition_id = @editionId and ch.number = any(co.choices) and fact ->> 'forWhom' = any(@roles))
            group by d.composition order by count(*) desc, d.composition limit 1
            """, new { editionId, roles = roles.ToArray() });
    }

    /// <summary>One reader's delivery; null when the edition has none for this person.</summary>
    public async Task<ReaderDelivery?> DeliveryOfAsync(long editionId, long subscriberId)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.QuerySingleOrDefaultAsync<ReaderDelivery>(
            "select composition, state, reason, reply from deliveries where edition_id = @editionId and subscriber_id = @subscriberId",
            new { editionId, subscriberId });
    }

    /// <summary>Ids of the items a reader got, or is to get, from other editions.</summary>
    public async Task<IReadOnlySet<long>> HistoryOfAsync(long subscriberId, long exceptEdition)
    {
        await using var connection = await database.OpenConnectionAsync();
        return (await connection.QueryAsync<long>(
            """
            select distinct ch.item_id
            from deliveries d
            join compositions co on co.edition_id = d.edition_id and co.number = d.composition
            join choices ch on ch.edition_id = d.edition_id and ch.number = any(co.choices)
            where d.subscriber_id = @subscriberId and d.edition_id <> @exceptEdition and d.state not in ('failed', 'skipped')
            """, new { subscriberId, exceptEdition })).ToHashSet();
    }

    private sealed record ChoiceRow
    {
        public required int Number { get; init; }
        public required long ItemId { get; init; }
        public required long RevisionId { get; init; }
        public required string Depth { get; init; }
        public required string Reasons { get; init; }
    }
}

/// <summary>A delivery as its reader's account shows it.</summary>
public sealed record ReaderDelivery
{
    /// <summary>Null when nothing was chosen.</summary>
    public required int? Composition { get; init; }

    public required string State { get; init; }

    /// <summary>Why it was skipped; see <see cref="Deliveries.SkipReason"/>.</summary>
    public required string? Reason { get; init; }

    public required string? Reply { get; init; }
}
