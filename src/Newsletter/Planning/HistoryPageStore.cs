using System.Globalization;
using Dapper;
using Newsletter.Choosing;
using Npgsql;

namespace Newsletter.Planning;

/// <summary>
/// Pages of history: stored for packed editions, computed from the deliveries for all others. See <see cref="HistoryPage"/>.
/// </summary>
public sealed class HistoryPageStore(NpgsqlDataSource database)
{
    /// <summary>Ids of ended editions that are not packed. Mails of a cancelled one may still be in transit.</summary>
    public async Task<IReadOnlyList<long>> UnpackedAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (await connection.QueryAsync<long>(new CommandDefinition(
            "select id from editions where state in ('sent', 'cancelled') and not is_packed order by id", cancellationToken: cancel))).AsList();
    }

    /// <summary>Stores all pages of an edition and marks it as packed, in one transaction.</summary>
    /// <returns>False if there is nothing to pack (yet), or if another process holds the row.</returns>
    public async Task<bool> PackAsync(long editionId, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // Locks only the edition's row, so that sending cannot restart concurrently.
        var locked = await connection.ExecuteScalarAsync<long?>(Command(
            "select id from editions where id = @editionId and state in ('sent', 'cancelled') and not is_packed for no key update skip locked"));
        // Once all deliveries have ended, the history no longer changes: an uncertain one may become sent, which counts the same.
        // Two conditions, because each of two indexes covers half of the states. Not part of the select above, whose snapshot is older
        // than the lock.
        if (locked is null || await connection.ExecuteAsync(Command(
            """
            update editions set is_packed = true where id = @editionId
              and not exists (select from deliveries where edition_id = @editionId and state in ('due', 'deferred'))
              and not exists (select from deliveries where edition_id = @editionId and state in ('claimed', 'sending'))
            """)) == 0)
        {
            return false;
        }
        await connection.ExecuteAsync(Command(
            $"""
            delete from history_pages where edition_id = @editionId;
            insert into history_pages (edition_id, page, readers) {FromDeliveries(editionId, "true", "order by subscriber_id")}
            """));
        await transaction.CommitAsync(cancel);
        return true;

        CommandDefinition Command(string sql) => new(sql, new { editionId }, transaction, commandTimeout: 0, cancellationToken: cancel);
    }

    /// <summary>
    /// Call before any change to what readers got from an ended edition, in the same transaction. The pages stay until
    /// the edition is packed again, since a concurrent plan may be reading them.
    /// </summary>
    internal static Task UnpackAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long editionId) =>
        connection.ExecuteAsync("update editions set is_packed = false where id = @editionId", new { editionId }, transaction);

    /// <summary>SQL for edition, page and readers of the pages that contain these subscribers; a page may contain others too.</summary>
    /// <param name="packed">Ids of editions; both lists together contain at least one.</param>
    internal static string Select(IReadOnlyCollection<long> packed, IReadOnlyCollection<long> unpacked, long firstSubscriber, long lastSubscriber)
    {
        var stored = string.Create(CultureInfo.InvariantCulture,
            $"""
            select edition_id, page, readers from history_pages where edition_id = any('{Ids(packed)}')
              and page between {firstSubscriber >> HistoryPage.IdBits} and {lastSubscriber >> HistoryPage.IdBits}
            """);
        var range = string.Create(CultureInfo.InvariantCulture, $"subscriber_id between {firstSubscriber} and {lastSubscriber}");
        var made = unpacked.Select(edition => FromDeliveries(edition, range, ""));
        return string.Join(" union all ", (packed.Count == 0 ? made : made.Prepend(stored)).Select(select => $"({select})"));
    }

    /// <summary>Excludes failed and skipped deliveries, whose items are available again.</summary>
    private static string FromDeliveries(long edition, string and, string order) => string.Create(CultureInfo.InvariantCulture,
        $"""
        select {edition}::bigint, subscriber_id >> {HistoryPage.IdBits}, string_agg(
            int4send((((subscriber_id & {(1 << HistoryPage.IdBits) - 1}) << 16) | coalesce(length(choices), 0) / {Composition.BytesPerChoice})::int)
                || coalesce(choices, ''), '' {order})
        from deliveries
        where edition_id = {edition} and {and}
          and ((choices is not null and state not in ('failed', 'skipped')) or (state = 'skipped' and reason = 'rolled_over'))
        group by subscriber_id >> {HistoryPage.IdBits}
        """);

    private static string Ids(IEnumerable<long> editions) =>
        $"{{{string.Join(',', editions.Select(id => id.ToString(CultureInfo.InvariantCulture)))}}}";
}
