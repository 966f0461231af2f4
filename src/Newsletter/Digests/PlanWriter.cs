using System.Text.Json;
using Dapper;
using Newsletter.Database;
using Npgsql;
using NpgsqlTypes;

namespace Newsletter.Digests;

/// <summary>Writes a plan in bulk (COPY), in place of what the edition held before, within the transaction of planning.</summary>
internal sealed class PlanWriter(NpgsqlConnection connection, NpgsqlTransaction transaction, long editionId, CancellationToken cancel)
{
    /// <summary>Writes a row for everybody who wants mail now.</summary>
    /// <param name="hasTime">False when nobody said yet when it is sent: readers' hours wait until then.</param>
    public async Task<(int Due, int Skipped)> WriteDeliveriesAsync(IAsyncEnumerable<ReaderBlock> blocks, bool hasTime)
    {
        await ExecuteAsync($"delete from choices where edition_id = {editionId}; truncate deliveries_{editionId}");
        var (due, skipped) = (0, 0);
        await using (var copy = await CopyWriter.OpenAsync(connection, 6, $"deliveries_{editionId} (edition_id, subscriber_id, choices, state, reason, due_at)", cancel))
        {
            await foreach (var block in blocks)
            {
                for (var place = 0; place < block.Count; place++)
                {
                    if (!block.Readers[place].IsWanted)
                    {
                        continue;
                    }
                    await copy.RowAsync(cancel);
                    Write(copy, block, block.Readers[place], hasTime);
                    (due, skipped) = block.Readers[place].SkipReason is null ? (due + 1, skipped) : (due, skipped + 1);
                }
            }
            await copy.CompleteAsync(cancel);
        }
        // Claims begin at once; without statistics the first would be planned for an empty table.
        await ExecuteAsync($"analyze deliveries_{editionId}");
        return (due, skipped);
    }

    public async Task WriteChoicesAsync(IEnumerable<Choice> choices)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            "copy choices (edition_id, number, item_id, revision_id, depth, section, reasons, role_ids) from stdin (format binary)", cancel);
        foreach (var choice in choices)
        {
            await copy.StartRowAsync(cancel);
            await copy.WriteAsync(editionId, NpgsqlDbType.Bigint, cancel);
            await copy.WriteAsync(choice.Number, NpgsqlDbType.Integer, cancel);
            await copy.WriteAsync(choice.ItemId, NpgsqlDbType.Bigint, cancel);
            await copy.WriteAsync(choice.RevisionId, NpgsqlDbType.Bigint, cancel);
            await copy.WriteAsync(choice.Depth.ToString().ToLowerInvariant(), NpgsqlDbType.Text, cancel);
            await copy.WriteAsync(choice.Section, NpgsqlDbType.Text, cancel);
            await copy.WriteAsync(JsonSerializer.Serialize(choice.Reasons, CompositionStore.Json), NpgsqlDbType.Jsonb, cancel);
            await copy.WriteAsync(choice.RoleIds.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Integer, cancel);
        }
        await copy.CompleteAsync(cancel);
    }

    private void Write(CopyWriter copy, ReaderBlock block, in Reader reader, bool hasTime)
    {
        copy.Int64(editionId);
        copy.Int64(reader.Id);
        if (reader.SkipReason is { } reason)
        {
            copy.Null();
            copy.Bytes("skipped"u8);
            copy.Text(reason);
            copy.Null();
            return;
        }
        copy.Bytes(block.CompositionOf(reader));
        copy.Bytes("due"u8);
        copy.Null();
        if (hasTime && reader.DueAt is { } due)
        {
            copy.Time(due);
        }
        else
        {
            copy.Null();
        }
    }

    private Task ExecuteAsync(string sql) =>
        connection.ExecuteAsync(new CommandDefinition(sql, null, transaction, commandTimeout: 0, cancellationToken: cancel));
}
