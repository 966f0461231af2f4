using System.Text.Json;
using Dapper;
using Newsletter.Database;
using Npgsql;

namespace Newsletter.Digests;

/// <summary>Writes a plan in bulk (COPY), in place of what the edition held before, within the transaction of planning.</summary>
internal sealed class PlanWriter(NpgsqlConnection connection, NpgsqlTransaction transaction, long editionId, CancellationToken cancel)
{
    /// <summary>Writes a row for everybody who wants mail now.</summary>
    /// <param name="hasTime">False when nobody said yet when it is sent: readers' hours wait until then.</param>
    public async Task<(int Due, int Skipped)> WriteDeliveriesAsync(IAsyncEnumerable<ReaderBlock> blocks, bool hasTime)
    {
        // Rows are packed tight as they are written, and get room when they change: see 0016_sending.sql.
        await ExecuteAsync($"delete from choices where edition_id = {editionId}; truncate deliveries_{editionId}; alter table deliveries_{editionId} set (fillfactor = 100)");
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
        await ExecuteAsync($"alter table deliveries_{editionId} set (fillfactor = 45); analyze deliveries_{editionId}");
        return (due, skipped);
    }

    public async Task WriteChoicesAsync(IEnumerable<Choice> choices)
    {
        var items = new List<long>();
        await using (var copy = await CopyWriter.OpenAsync(
            connection, 9, "choices (edition_id, number, item_id, revision_id, depth, section, reasons, role_ids, addressed_as)", cancel))
        {
            foreach (var choice in choices)
            {
                await copy.RowAsync(cancel);
                copy.Int64(editionId);
                copy.Int32(choice.Number);
                copy.Int64(choice.ItemId);
                items.Add(choice.ItemId);
                copy.Int64(choice.RevisionId);
                copy.Text(choice.Depth.ToString().ToLowerInvariant());
                copy.Text(choice.Section);
                copy.Json(JsonSerializer.SerializeToUtf8Bytes(choice.Reasons, CompositionStore.Json));
                copy.Int32s(choice.RoleIds);
                copy.Text(choice.AddressedAs);
            }
            await copy.CompleteAsync(cancel);
        }
        await connection.ExecuteAsync(new CommandDefinition("update editions set choice_items = @items where id = @editionId",
            new { editionId, items }, transaction, commandTimeout: 0, cancellationToken: cancel));
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
