using System.Globalization;
using Dapper;
using Newsletter.Choosing;
using Npgsql;

namespace Newsletter.Planning;

/// <summary>
/// Pages of history: stored for packed editions, made of the deliveries for all others. See <see cref="HistoryPage"/>.
/// </summary>
public sealed class HistoryPageStore(NpgsqlDataSource database)
{
    /// <summary>Ids of editions that are over and not packed; of a cancelled one some mails may be on the wire still.</summary>
    public async Task<IReadOnlyList<long>> UnpackedAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (await connection.QueryAsync<long>(new CommandDefinition(
            "select id from editions where state in ('sent', 'cancelled') and not is_packed order by id", cancellationToken: cancel))).AsList();
    }

    /// <summary>All pages of an edition, and the word that they hold: both, or neither.</summary>
    /// <returns>False when there is nothing to pack (yet), or somebody else is at it.</returns>
    public async Task<bool> PackAsync(long editionId, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // Nothing but this row is locked, so that nobody begins to send the edition again meanwhile.
        var locked = await connection.ExecuteScalarAsync<long?>(Command(
            "select id from editions where id = @editionId and state in ('sent', 'cancelled') and not is_packed for no key update skip locked"));
        // When all its deliveries have ended, nothing changes any more what its readers had: an uncertain one may turn out to be
        // sent, which is the same here. Asked in two, since each of two indexes has half of the states; and not above, which
        // sees them as they were before the lock.
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
    /// To be called before anything else that changes what an ended edition's readers had, in the same transaction. Its pages
    /// stay until it is packed again: whoever is planning just now may be reading them.
    /// </summary>
    internal static Task UnpackAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long editionId) =>
        connection.ExecuteAsync("update editions set is_packed = false where id = @editionId", new { editionId }, transaction);

    /// <summary>Edition, page and readers of the pages on which these subscribers are; others may be on them too.</summary>
    /// <param name="packed">Editions; there is one at least in both together.</param>
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

    /// <summary>What failed or was skipped was given back, and is not there.</summary>
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
