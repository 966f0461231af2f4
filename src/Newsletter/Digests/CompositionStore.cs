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
            "select number, item_id, revision_id, depth, section, reasons::text as reasons, role_ids from choices where edition_id = @editionId", new { editionId });
        return rows.ToDictionary(row => row.Number, row => new Choice(row.Number, row.ItemId, row.RevisionId,
            Enum.Parse<Depth>(row.Depth, ignoreCase: true), JsonSerializer.Deserialize<List<Reason>>(row.Reasons, Json)!)
        {
            Section = row.Section,
            RoleIds = row.RoleIds,
        });
    }

    /// <summary>The composition that most readers get; null when nobody gets anything.</summary>
    public async Task<byte[]?> CommonestAsync(long editionId)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<byte[]?>(
            """
            select choices from deliveries where edition_id = @editionId and choices is not null
            group by choices order by count(*) desc, choices limit 1
            """, new { editionId });
    }

    /// <summary>One reader's delivery; null when the edition has none for this person.</summary>
    public async Task<ReaderDelivery?> DeliveryOfAsync(long editionId, long subscriberId)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.QuerySingleOrDefaultAsync<ReaderDelivery>(
            "select choices as composition, state, reason, reply from deliveries where edition_id = @editionId and subscriber_id = @subscriberId",
            new { editionId, subscriberId });
    }

    private sealed record ChoiceRow
    {
        public required int Number { get; init; }
        public required long ItemId { get; init; }
        public required long RevisionId { get; init; }
        public required string Depth { get; init; }
        public required string? Section { get; init; }
        public required string Reasons { get; init; }
        public required int[] RoleIds { get; init; }
    }
}

/// <summary>A delivery as its reader's account shows it.</summary>
public sealed record ReaderDelivery
{
    /// <summary>See <see cref="Digests.Composition"/>; null when nothing was chosen.</summary>
    public required byte[]? Composition { get; init; }

    public required string State { get; init; }

    /// <summary>Why it was skipped; see <see cref="Deliveries.SkipReason"/>.</summary>
    public required string? Reason { get; init; }

    public required string? Reply { get; init; }
}
