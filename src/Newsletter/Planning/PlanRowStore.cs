using Dapper;
using Newsletter.Choosing;
using Newsletter.Database;
using Npgsql;

namespace Newsletter.Planning;

/// <summary>Writes a plan in bulk (COPY) and replaces the edition's previous rows, within the planning transaction.</summary>
internal sealed class PlanRowStore(NpgsqlConnection connection, NpgsqlTransaction transaction, long editionId, CancellationToken cancel)
{
    /// <summary>Deletes the rows of an earlier plan of the edition.</summary>
    public Task ClearAsync() =>
        // Fill factor 100 while rows are written; lowered afterwards to leave room for updates. See 0016_sending.sql.
        ExecuteAsync(
            $"delete from choices where edition_id = {editionId}; "
            + $"truncate deliveries_{editionId}; alter table deliveries_{editionId} set (fillfactor = 100)");

    /// <summary>Writes a delivery for every reader who wants mail now, and every choice.</summary>
    /// <param name="hasTime">False if the edition has no send time yet: local hours are then applied when it is scheduled.</param>
    public async Task<(int Due, int Skipped)> WriteAsync(IAsyncEnumerable<ReaderBlock> blocks, bool hasTime)
    {
        var (due, skipped) = (0, 0);
        var items = new List<long>();
        await foreach (var block in blocks)
        {
            var (isDue, isSkipped) = await WriteDeliveriesAsync(block, hasTime);
            (due, skipped) = (due + isDue, skipped + isSkipped);
            // After each block instead of at the end: this keeps both cores busy while there are blocks.
            await WriteChoicesAsync(block.NewChoices);
            items.AddRange(block.NewChoices.Select(choice => choice.ItemId));
        }
        await ExecuteAsync("update editions set choice_items = @items where id = @editionId", new { editionId, items });
        // Claims begin at once; without statistics, the first one would be planned for an empty table. A small sample is enough.
        await ExecuteAsync(
            $"alter table deliveries_{editionId} set (fillfactor = 45); "
            + $"set local default_statistics_target = 10; analyze deliveries_{editionId}");
        return (due, skipped);
    }

    private async Task<(int Due, int Skipped)> WriteDeliveriesAsync(ReaderBlock block, bool hasTime)
    {
        var (due, skipped) = (0, 0);
        await using var copy = await CopyWriter.OpenAsync(
            connection, 6, $"deliveries_{editionId} (edition_id, subscriber_id, choices, state, reason, due_at)", cancel);
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
        await copy.CompleteAsync(cancel);
        return (due, skipped);
    }

    private async Task WriteChoicesAsync(List<Choice> choices)
    {
        if (choices.Count == 0)
        {
            return;
        }
        await using var copy = await CopyWriter.OpenAsync(
            connection, 9, "choices (edition_id, number, item_id, revision_id, depth, section, reasons, role_ids, addressed_as)", cancel);
        foreach (var choice in choices)
        {
            await copy.RowAsync(cancel);
            copy.Int64(editionId);
            copy.Int32(choice.Number);
            copy.Int64(choice.ItemId);
            copy.Int64(choice.RevisionId);
            copy.Text(choice.Depth.ToString().ToLowerInvariant());
            copy.Text(choice.Section);
            copy.Json(Reason.ToJson(choice.Reasons));
            copy.Int32s(choice.RoleIds);
            copy.Text(choice.AddressedAs);
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

    private Task ExecuteAsync(string sql, object? values = null) =>
        connection.ExecuteAsync(new CommandDefinition(sql, values, transaction, commandTimeout: 0, cancellationToken: cancel));
}
