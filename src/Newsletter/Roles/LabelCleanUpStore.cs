using Dapper;
using Npgsql;

namespace Newsletter.Roles;

/// <summary>
/// A queue of labels that may be unused. Code that removes a label from a person, a sign-up or an item adds a row in the same
/// transaction. The labels are checked later, because no label may be deleted while an import runs.
/// </summary>
public sealed class LabelCleanUpStore(NpgsqlDataSource database)
{
    /// <summary>Every condition must use an index, because there may be a million readers.</summary>
    internal const string DeleteFree =
        """
        delete from labels l
        where l.id = any(@free)
          and not exists (select from item_labels where label_id = l.id)
          and not exists (select from items where addressed_label_id = l.id)
          and not exists (select from subscribers where label_ids @> array[l.id])
          and not exists (select from sign_ups where label_ids @> array[l.id])
        """;

    /// <param name="connection">The caller's connection: the row must be committed or rolled back together with the removal of the label.</param>
    public static Task AddAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, IReadOnlyCollection<int> labelIds) =>
        labelIds.Count == 0 ? Task.CompletedTask : connection.ExecuteAsync(
            "insert into label_clean_up (label_id) select distinct unnest(@ids)", new { ids = labelIds.ToArray() }, transaction);

    /// <returns>The highest id; 0 when the queue is empty.</returns>
    public async Task<long> LastAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<long>("select coalesce(max(id), 0) from label_clean_up");
    }

    /// <summary>
    /// Checks the next batch. Deletes the labels that no item, person or sign-up uses and whose meaning neither an editor nor the taxonomy has
    /// defined. Do not call this while an import runs: an import records labels before any row uses them.
    /// </summary>
    /// <param name="after">Only rows with a higher id: the last id of the previous batch.</param>
    /// <returns>The last id of this batch; null when no row was left.</returns>
    public async Task<long?> DeleteUnusedAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long after, int limit)
    {
        var dropped = (await connection.QueryAsync<(long Id, int LabelId)>(
            "select id, label_id from label_clean_up where id > @after order by id limit @limit for update skip locked",
            new { after, limit }, transaction)).AsList();
        if (dropped.Count == 0)
        {
            return null;
        }
        await TaxonomyRowStore.LockAsync(connection, default);
        var ids = dropped.Select(row => row.LabelId).Distinct().ToArray();
        // Two statements. The first skips labels that another transaction has locked in order to record them. The second has a newer snapshot:
        // it also sees rows that started to use a label before the lock.
        var free = (await connection.QueryAsync<int>(
            """
            select id from labels where id = any(@ids) and (resolved_by is null or resolved_by = 'resolver') order by id for update skip locked
            """, new { ids }, transaction)).ToArray();
        await connection.ExecuteAsync(
            $"""
            {DeleteFree};

            -- The row of a label that another transaction has locked stays for a later run.
            delete from label_clean_up d
            where d.id = any(@rows) and not exists (
                select from labels l where l.id = d.label_id and l.id <> all(@free) and (l.resolved_by is null or l.resolved_by = 'resolver'))
            """, new { free, rows = dropped.Select(row => row.Id).ToArray() }, transaction, commandTimeout: 0);
        return dropped[^1].Id;
    }
}
