using Dapper;
using Npgsql;

namespace Newsletter.Deliveries;

/// <summary>The rows of worker leases. A worker whose row has expired counts as dead.</summary>
internal sealed class WorkerLeaseStore(NpgsqlDataSource database)
{
    private const string Duration = "interval '1 minute'";

    public Task InsertAsync(Guid owner) =>
        ExecuteAsync($"insert into senders (owner, lease_until) values (@owner, now() + {Duration})", new { owner });

    /// <returns>False if the row is gone.</returns>
    public async Task<bool> RenewAsync(Guid owner) =>
        await ExecuteAsync($"update senders set lease_until = now() + {Duration} where owner = @owner", new { owner }) == 1;

    /// <summary>Deletes the row, unless the worker still owns deliveries of the edition: the row then expires, and they are swept.</summary>
    public Task DeleteAsync(Guid owner, long editionId) => ExecuteAsync(
        """
        delete from senders where owner = @owner
          and not exists (select from deliveries where edition_id = @editionId and owner = @owner and state in ('claimed', 'sending'))
        """, new { owner, editionId });

    private async Task<int> ExecuteAsync(string sql, object values)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteAsync(sql, values);
    }
}
