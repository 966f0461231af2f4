using Newsletter.Database;
using Newsletter.Roles;
using Newsletter.Subscribers;
using Npgsql;

namespace Newsletter.Transfer;

/// <summary>
/// Imports subscribers from a CSV file of any length. Known people are updated with the columns that the file has; people who unsubscribed and
/// suppressed addresses stay unchanged. Rows are read in batches, and stored all together at the end.
/// </summary>
public sealed class SubscriberImport(NpgsqlDataSource database, ImportStore store, LabelStore labels, AuditStore audit, TimeProvider time)
{
    private const int Batch = 5000;
    private const int MaxConsent = 500;

    /// <param name="consent">
    /// The basis of the permission to mail, one line of at most 500 characters: rows are confirmed by it, unless they give another status. Null:
    /// rows are pending.
    /// </param>
    /// <exception cref="Refusal">Invalid: it is not such a file, or a row is confirmed without consent; then nothing is stored.</exception>
    public async Task<ImportReport> RunAsync(Stream csv, string? consent, string actor, CancellationToken cancel)
    {
        consent = SingleLine.Trim(consent ?? "") is { Length: > 0 } given ? given : null;
        if (SingleLine.Problem(consent, MaxConsent) is { } problem)
        {
            throw Refusal.Invalid($"The consent {problem}.");
        }

        var file = await SubscriberFile.OpenAsync(csv, cancel);

        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await store.BeginAsync(connection, transaction, cancel);
        var (read, rejectedRows, rejected) = await StageAsync(connection, file, consent, cancel);

        var now = time.GetUtcNow();
        var (replacedRows, warnings) = await store.ReplaceAsync(connection, transaction);
        var kept = await store.KeepAsync(connection, transaction);
        var (contradicting, contradictions) = await store.ContradictionsAsync(connection, transaction, file.Columns);
        var updated = await store.UpdateAsync(connection, transaction, file.Columns, consent, now);
        await store.EndSignUpsAsync(connection, transaction, now);
        var imported = await store.InsertAsync(
            connection, transaction, consent is null ? SubscriberStatus.Pending : SubscriberStatus.Confirmed, consent, now);
        await audit.RecordAsync(connection, transaction, actor, "subscribers imported", $"{imported} new, {updated} changed; consent: {consent ?? "none"}");
        await transaction.CommitAsync(cancel);

        return new()
        {
            Imported = imported,
            Updated = updated,
            Unchanged = read - replacedRows - kept - contradicting - updated - imported,
            Kept = kept,
            RejectedRows = rejectedRows + contradicting,
            ReplacedRows = replacedRows,
            Rejected = [.. rejected.Concat(contradictions).OrderBy(r => r.Line).Take(ImportReport.MaxLines)],
            Warnings = warnings,
        };
    }

    private async Task<(long Read, long Rejected, List<RejectedRow> First)> StageAsync(
        NpgsqlConnection connection, SubscriberFile file, string? consent, CancellationToken cancel)
    {
        var (read, rejectedRows) = (0L, 0L);
        var rejected = new List<RejectedRow>();
        var batch = new List<ImportRow>(Batch);
        // Labels are committed at once, outside the long transaction: a concurrent sign-up with the same new label would otherwise wait for the
        // import, and could deadlock with it. An unused label does no harm.
        await using var labelConnection = await database.OpenConnectionAsync(cancel);
        var seen = new HashSet<int>();
        await foreach (var (row, reason) in file.RowsAsync(cancel))
        {
            if (reason is not null)
            {
                rejectedRows++;
                if (rejected.Count < ImportReport.MaxLines)
                {
                    rejected.Add(reason);
                }

                continue;
            }
            if (row!.Status == SubscriberStatus.Confirmed && consent is null)
            {
                throw Refusal.Invalid(
                    $"Line {row.Line} has the status confirmed: describe with --consent how these people agreed to get mail. Nothing was imported.");
            }

            read++;
            batch.Add(row);
            if (batch.Count == Batch)
            {
                await FlushAsync();
            }
        }
        await FlushAsync();
        return (read, rejectedRows, rejected);

        async Task FlushAsync()
        {
            string[] texts = [.. batch.SelectMany(r => r.Preferences.Roles).Distinct()];
            var ids = texts.Zip(await labels.RecordAsync(labelConnection, null, texts, cancel)).ToDictionary(p => p.First, p => p.Second);
            // Queued for clean-up already now: if the import fails or skips their rows, the labels stay unused.
            await LabelCleanUpStore.AddAsync(labelConnection, null, [.. ids.Values.Where(seen.Add)]);
            await store.WriteAsync(connection, batch, row => [.. row.Preferences.Roles.Select(r => ids[r]).Distinct()], cancel);
            batch.Clear();
        }
    }
}
