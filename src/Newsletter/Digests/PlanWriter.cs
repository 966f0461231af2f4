using System.Text.Json;
using Dapper;
using Newsletter.Deliveries;
using Npgsql;
using NpgsqlTypes;

namespace Newsletter.Digests;

/// <summary>Writes a plan in bulk (COPY), in place of what the edition held before, within the transaction of planning.</summary>
internal sealed class PlanWriter(NpgsqlConnection connection, NpgsqlTransaction transaction, long editionId, CancellationToken cancel)
{
    public async Task WriteAsync(Composer composer, IEnumerable<PlannedDelivery> deliveries)
    {
        await ExecuteAsync($"delete from choices where edition_id = {editionId}; truncate deliveries_{editionId}, compositions_{editionId}");
        await WriteChoicesAsync(composer.Choices);
        await WriteCompositionsAsync(composer.Compositions);
        await WriteDeliveriesAsync(deliveries);
        // Claims begin at once; without statistics the first would be planned for an empty table.
        await ExecuteAsync($"analyze deliveries_{editionId}, compositions_{editionId}");
    }

    private async Task WriteChoicesAsync(IEnumerable<Choice> choices)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            "copy choices (edition_id, number, item_id, revision_id, depth, reasons) from stdin (format binary)", cancel);
        foreach (var choice in choices)
        {
            await copy.StartRowAsync(cancel);
            await copy.WriteAsync(editionId, NpgsqlDbType.Bigint, cancel);
            await copy.WriteAsync(choice.Number, NpgsqlDbType.Integer, cancel);
            await copy.WriteAsync(choice.ItemId, NpgsqlDbType.Bigint, cancel);
            await copy.WriteAsync(choice.RevisionId, NpgsqlDbType.Bigint, cancel);
            await copy.WriteAsync(choice.Depth.ToString().ToLowerInvariant(), NpgsqlDbType.Text, cancel);
            await copy.WriteAsync(JsonSerializer.Serialize(choice.Reasons, CompositionStore.Json), NpgsqlDbType.Jsonb, cancel);
        }
        await copy.CompleteAsync(cancel);
    }

    private async Task WriteCompositionsAsync(IEnumerable<Composition> compositions)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            $"copy compositions_{editionId} (edition_id, number, choices) from stdin (format binary)", cancel);
        foreach (var composition in compositions)
        {
            await copy.StartRowAsync(cancel);
            await copy.WriteAsync(editionId, NpgsqlDbType.Bigint, cancel);
            await copy.WriteAsync(composition.Number, NpgsqlDbType.Integer, cancel);
            await copy.WriteAsync(composition.Choices.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Integer, cancel);
        }
        await copy.CompleteAsync(cancel);
    }

    private async Task WriteDeliveriesAsync(IEnumerable<PlannedDelivery> deliveries)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            $"copy deliveries_{editionId} (edition_id, subscriber_id, composition, state, reason) from stdin (format binary)", cancel);
        foreach (var (subscriberId, composition, skipReason) in deliveries)
        {
            await copy.StartRowAsync(cancel);
            await copy.WriteAsync(editionId, NpgsqlDbType.Bigint, cancel);
            await copy.WriteAsync(subscriberId, NpgsqlDbType.Bigint, cancel);
            if (composition is { } number)
            {
                await copy.WriteAsync(number, NpgsqlDbType.Integer, cancel);
                await copy.WriteAsync(DeliveryState.Due, NpgsqlDbType.Text, cancel);
                await copy.WriteNullAsync(cancel);
            }
            else
            {
                await copy.WriteNullAsync(cancel);
                await copy.WriteAsync(DeliveryState.Skipped, NpgsqlDbType.Text, cancel);
                await copy.WriteAsync(skipReason!, NpgsqlDbType.Text, cancel);
            }
        }
        await copy.CompleteAsync(cancel);
    }

    private Task ExecuteAsync(string sql) =>
        connection.ExecuteAsync(new CommandDefinition(sql, null, transaction, commandTimeout: 0, cancellationToken: cancel));
}
