using System.Text.Json;
using Dapper;
using Newsletter.Deliveries;
using Newsletter.Items;
using Npgsql;
using NpgsqlTypes;

namespace Newsletter.Digests;

/// <summary>What planning reads and writes, in bulk, within one transaction.</summary>
internal sealed class PlanStore(NpgsqlConnection connection, NpgsqlTransaction transaction)
{
    // Any constant: the name of the lock that serialises planning over the installation, so that two editions planned
    // at once cannot both choose an item for one person.
    private const long PlanningLock = 0x706C616E;

    public Task LockAsync() => connection.ExecuteAsync($"select pg_advisory_xact_lock({PlanningLock})", null, transaction);

    /// <summary>Confirmed readers of a digest who want mail now, by ascending id.</summary>
    /// <param name="today">For pauses until a date.</param>
    public async IAsyncEnumerable<Reader> ReadersAsync(int digestId, DateOnly today)
    {
        await using var command = new NpgsqlCommand(
            """
            select s.id, s.label_ids, s.depth, p.email_key is not null
            from subscribers s
            left join suppressions p on p.email_key = s.email_key
            where s.status = 'confirmed' and s.cadence <> 'paused' and (s.paused_until is null or s.paused_until <= @today)
              and not exists (select from digest_leavers l where l.digest_id = @digestId and l.subscriber_id = s.id)
            order by s.id
            """, connection, transaction)
        {
            Parameters = { new("digestId", digestId), new("today", today) },
            CommandTimeout = 0,
        };
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            yield return new Reader(reader.GetInt64(0), reader.GetFieldValue<int[]>(1), reader.IsDBNull(2) ? null : reader.GetString(2), reader.GetBoolean(3));
        }
    }

    /// <summary>
    /// Editions in which candidates occur, and for each composition there the candidates in it. What a cancelled edition
    /// did not send is skipped there, so it counts as not had.
    /// </summary>
    public async Task<IReadOnlyList<PastComposition>> PastCompositionsAsync(long exceptEdition, IReadOnlyCollection<long> itemIds) =>
        (await connection.QueryAsync<PastComposition>(
            """
            select co.edition_id, co.number, array_agg(distinct ch.item_id) as item_ids
            from editions e
            join compositions co on co.edition_id = e.id
            join choices ch on ch.edition_id = e.id and ch.number = any(co.choices)
            where ch.item_id = any(@itemIds) and e.id <> @exceptEdition
            group by co.edition_id, co.number
            order by co.edition_id
            """, new { itemIds = itemIds.ToArray(), exceptEdition }, transaction, commandTimeout: 0)).AsList();

    /// <summary>Who got, or is to get, which composition of an edition; failed and skipped deliveries give the items back.</summary>
    public async IAsyncEnumerable<(long SubscriberId, int Composition)> PastDeliveriesAsync(long editionId)
    {
        await using var command = new NpgsqlCommand(
            """
            select subscriber_id, composition from deliveries
            where edition_id = @editionId and state not in ('failed', 'skipped') order by subscriber_id
            """, connection, transaction)
        { Parameters = { new("editionId", editionId) }, CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            yield return (reader.GetInt64(0), reader.GetInt32(1));
        }
    }

    /// <summary>Replaces what the edition held before.</summary>
    public async Task WriteAsync(long editionId, Composer composer, IEnumerable<PlannedDelivery> deliveries)
    {
        await connection.ExecuteAsync(
            $"delete from choices where edition_id = @editionId; truncate deliveries_{editionId}, compositions_{editionId}",
            new { editionId }, transaction);
        await WriteChoicesAsync(editionId, composer.Choices);
        await WriteCompositionsAsync(editionId, composer.Compositions);
        await WriteDeliveriesAsync(editionId, deliveries);
    }

    private async Task WriteChoicesAsync(long editionId, IEnumerable<Choice> choices)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            "copy choices (edition_id, number, item_id, revision_id, depth, reasons) from stdin (format binary)");
        foreach (var choice in choices)
        {
            await copy.StartRowAsync();
            await copy.WriteAsync(editionId, NpgsqlDbType.Bigint);
            await copy.WriteAsync(choice.Number, NpgsqlDbType.Integer);
            await copy.WriteAsync(choice.ItemId, NpgsqlDbType.Bigint);
            await copy.WriteAsync(choice.RevisionId, NpgsqlDbType.Bigint);
            await copy.WriteAsync(choice.Depth.ToString().ToLowerInvariant(), NpgsqlDbType.Text);
            await copy.WriteAsync(JsonSerializer.Serialize(choice.Reasons, ItemStore.Json), NpgsqlDbType.Jsonb);
        }
        await copy.CompleteAsync();
    }

    private async Task WriteCompositionsAsync(long editionId, IEnumerable<Composition> compositions)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            $"copy compositions_{editionId} (edition_id, number, choices) from stdin (format binary)");
        foreach (var composition in compositions)
        {
            await copy.StartRowAsync();
            await copy.WriteAsync(editionId, NpgsqlDbType.Bigint);
            await copy.WriteAsync(composition.Number, NpgsqlDbType.Integer);
            await copy.WriteAsync(composition.Choices.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Integer);
        }
        await copy.CompleteAsync();
    }

    private async Task WriteDeliveriesAsync(long editionId, IEnumerable<PlannedDelivery> deliveries)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            $"copy deliveries_{editionId} (edition_id, subscriber_id, composition, state, reason) from stdin (format binary)");
        foreach (var (subscriberId, composition, skipReason) in deliveries)
        {
            await copy.StartRowAsync();
            await copy.WriteAsync(editionId, NpgsqlDbType.Bigint);
            await copy.WriteAsync(subscriberId, NpgsqlDbType.Bigint);
            if (composition is { } number)
            {
                await copy.WriteAsync(number, NpgsqlDbType.Integer);
                await copy.WriteAsync(DeliveryState.Due, NpgsqlDbType.Text);
                await copy.WriteNullAsync();
            }
            else
            {
                await copy.WriteNullAsync();
                await copy.WriteAsync(DeliveryState.Skipped, NpgsqlDbType.Text);
                await copy.WriteAsync(skipReason!, NpgsqlDbType.Text);
            }
        }
        await copy.CompleteAsync();
    }
}

/// <summary>A subscriber as planning sees one.</summary>
internal readonly record struct Reader(long Id, int[] LabelIds, string? Depth, bool IsSuppressed);

/// <summary>A delivery to be written: due with a composition, or skipped with a reason.</summary>
internal readonly record struct PlannedDelivery(long SubscriberId, int? Composition, string? SkipReason);

/// <summary>The candidates in a composition of an earlier edition.</summary>
internal sealed record PastComposition
{
    public required long EditionId { get; init; }
    public required int Number { get; init; }
    public required long[] ItemIds { get; init; }
}
