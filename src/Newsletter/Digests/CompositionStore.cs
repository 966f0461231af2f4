using Dapper;
using Newsletter.Choosing;
using Newsletter.Items;
using Npgsql;

namespace Newsletter.Digests;

/// <summary>The choices of editions, and readers' deliveries with their compositions.</summary>
public sealed class CompositionStore(NpgsqlDataSource database)
{
    /// <summary>Only the requested choices: an edition for a million readers has a hundred thousand.</summary>
    public async Task<IReadOnlyDictionary<int, Choice>> ChoicesAsync(long editionId, IReadOnlyCollection<int> numbers)
    {
        await using var connection = await database.OpenConnectionAsync();
        var rows = await connection.QueryAsync<ChoiceRow>(
            """
            select number, item_id, revision_id, depth, section, reasons::text as reasons, role_ids, addressed_as
            from choices where edition_id = @editionId and number = any(@numbers)
            """, new { editionId, numbers = numbers.ToArray() });
        return rows.ToDictionary(row => row.Number, row => new Choice(row.Number, row.ItemId, row.RevisionId,
            Enum.Parse<Depth>(row.Depth, ignoreCase: true), Reason.Parse(row.Reasons))
        {
            Section = row.Section,
            RoleIds = row.RoleIds,
            AddressedAs = row.AddressedAs,
        });
    }

    /// <summary>Each role with the items chosen for its readers; the role is null for readers without roles, and for the editor's picks.</summary>
    public async Task<IReadOnlyList<RoleItem>> ItemsByRoleAsync(long editionId)
    {
        await using var connection = await database.OpenConnectionAsync();
        return (await connection.QueryAsync<RoleItem>(
            """
            select ro.name as role, ch.item_id, re.content ->> 'title' as title
            from (select distinct item_id, revision_id, role_id from choices left join lateral unnest(role_ids) as r (role_id) on true
                  where edition_id = @editionId) ch
            join item_revisions re on re.id = ch.revision_id
            left join roles ro on ro.id = ch.role_id
            order by ro.name collate "C", ch.item_id
            """, new { editionId })).AsList();
    }

    /// <summary>The most common composition of the edition; null if no reader gets anything.</summary>
    public async Task<byte[]?> CommonestAsync(long editionId)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<byte[]?>(
            """
            select choices from deliveries where edition_id = @editionId and choices is not null
            group by choices order by count(*) desc, choices limit 1
            """, new { editionId });
    }

    /// <summary>One reader's delivery; null if the edition has none for this reader.</summary>
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
        public required string? AddressedAs { get; init; }
    }
}

/// <summary>An item that readers with a role get.</summary>
public sealed record RoleItem
{
    public required string? Role { get; init; }
    public required long ItemId { get; init; }
    public required string Title { get; init; }
}

/// <summary>A reader's delivery, in the form the reader's page shows.</summary>
public sealed record ReaderDelivery
{
    /// <summary>See <see cref="Composition"/>; null if nothing was chosen.</summary>
    public required byte[]? Composition { get; init; }

    public required string State { get; init; }

    /// <summary>Why the delivery was skipped: a value of <c>SkipReason</c>.</summary>
    public required string? Reason { get; init; }

    public required string? Reply { get; init; }
}
