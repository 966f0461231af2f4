using Dapper;
using Npgsql;

namespace Newsletter.Targeting;

/// <summary>
/// Labels that lost one of those who carried them, as rows: whoever takes a label from a person, a sign-up or an item adds it, in the
/// same transaction. They are looked at later, since nobody may be deleting labels while an import runs.
/// </summary>
public sealed class LabelCleanUpStore(NpgsqlDataSource database)
{
    /// <summary>Of those that are free to go, what nobody carries. By indexes: there may be a million readers.</summary>
    internal const string DeleteFree =
        """
        delete from labels l
        where l.id = any(@free)
          and not exists (select from item_labels where label_id = l.id)
          and not exists (select from items where addressed_label_id = l.id)
          and not exists (select from subscribers where label_ids @> array[l.id])
          and not exists (select from sign_ups where label_ids @> array[l.id])
        """;

    /// <param name="connection">The caller's own, so that it stands or falls with what the label is taken from.</param>
    public static Task AddAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, IReadOnlyCollection<int> labelIds) =>
        labelIds.Count == 0 ? Task.CompletedTask : connection.ExecuteAsync(
            "insert into label_clean_up (label_id) select distinct unnest(@ids)", new { ids = labelIds.ToArray() }, transaction);

    /// <returns>The greatest number; 0 when there is none.</returns>
    public async Task<long> LastAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<long>("select coalesce(max(id), 0) from label_clean_up");
    }

    /// <summary>
    /// Looks at the next ones, and deletes those labels that nobody carries and nobody said the meaning of. Never while an import
    /// runs, which records labels before anybody carries them.
    /// </summary>
    /// <param name="after">Those with a greater number: the last one of the batch before.</param>
    /// <returns>The last one looked at; null when there was none.</returns>
    public async Task<long?> DeleteUnusedAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long after, int limit)
    {
        var dropped = (await connection.QueryAsync<(long Id, int LabelId)>(
            "select id, label_id from label_clean_up where id > @after order by id limit @limit for update skip locked",
            new { after, limit }, transaction)).AsList();
        if (dropped.Count == 0)
        {
            return null;
        }
        await TaxonomyRows.LockAsync(connection, default);
        var ids = dropped.Select(row => row.LabelId).Distinct().ToArray();
        // Two statements: one that is just being recorded is left alone, and the second sees who has come to carry one until then.
        var free = (await connection.QueryAsync<int>(
            """
            select id from labels where id = any(@ids) and (resolved_by is null or resolved_by = 'resolver') order by id for update skip locked
            """, new { ids }, transaction)).ToArray();
        await connection.ExecuteAsync(
            $"""
            {DeleteFree};

            -- One that somebody holds just now is looked at again.
            delete from label_clean_up d
            where d.id = any(@rows) and not exists (
                select from labels l where l.id = d.label_id and l.id <> all(@free) and (l.resolved_by is null or l.resolved_by = 'resolver'))
            """, new { free, rows = dropped.Select(row => row.Id).ToArray() }, transaction, commandTimeout: 0);
        return dropped[^1].Id;
    }
}
