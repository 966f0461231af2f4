using Dapper;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Newsletter.Restores;

/// <summary>The installation marker of this database, and one row for each sending process.</summary>
public sealed class InstallationStore(NpgsqlDataSource database, IOptions<DataOptions> data)
{
    /// <summary>Identity of the marker's table, the database and the cluster. A logical restore changes at least one of them.</summary>
    private const string Identity =
        """
        select 'installation'::regclass::oid as table_oid, d.oid as database_oid, c.system_identifier, @Birth::text as cluster_birth
        from pg_database d, pg_control_system() c where d.datname = current_database()
        """;

    /// <summary>
    /// Starts a batch of process $1, provided that its row is not behind the batch it has recorded itself ($2). Returns the batch
    /// number; no row means that nothing may be sent.
    /// </summary>
    internal const string Beginning =
        """
        update witnesses w set batch = w.batch + 1, seen_at = now() from installation i
        where w.id = $1 and w.batch >= $2 and i.restored_at is null and i.table_oid = 'installation'::regclass
        returning w.batch
        """;

    private string? Birth => data.Value.ClusterBirth;

    /// <summary>Key of this database in witness file names: one directory may have witnesses of several databases.</summary>
    public async Task<string> NameAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        return (await connection.ExecuteScalarAsync<string>($"select system_identifier || '-' || database_oid from ({Identity}) i", new { Birth }))!;
    }

    /// <returns>Null if nothing was ever planned or sent.</returns>
    public async Task<InstallationMarker?> FindAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.QuerySingleOrDefaultAsync<InstallationMarker>(
            $"""
            select i.since, i.restored_at, i.restored_why,
                   (i.table_oid, i.database_oid, i.system_identifier) = (now.table_oid, now.database_oid, now.system_identifier)
                   -- A process that has no access to the embedded cluster's files cannot compare this.
                   and (i.cluster_birth is null or now.cluster_birth is null or i.cluster_birth = now.cluster_birth) as is_in_place
            from installation i, ({Identity}) now
            """, new { Birth });
    }

    /// <summary>Writes the marker if there is none.</summary>
    public async Task AddAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            $"""
            insert into installation (table_oid, database_oid, system_identifier, cluster_birth, since)
            select table_oid, database_oid, system_identifier, cluster_birth, clock_timestamp() from ({Identity}) now on conflict do nothing
            """, new { Birth });
    }

    /// <summary>Marks the database as restored, which stops all sending.</summary>
    /// <param name="why">One clause. An existing reason is not overwritten.</param>
    /// <returns>False if another process has done it already.</returns>
    public async Task<bool> HoldAsync(string why)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteAsync(
            "update installation set restored_at = clock_timestamp(), restored_why = @why where restored_at is null", new { why }) == 1;
    }

    /// <summary>Locks the marker until the transaction ends.</summary>
    /// <returns>Time when the restore was detected; null if there was none.</returns>
    public async Task<DateTimeOffset?> LockAsync(NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        await connection.ExecuteScalarAsync<DateTime?>("select restored_at from installation for update", transaction: transaction);

    /// <summary>Confirms this database as the current one: stores its identity, and invalidates existing witnesses.</summary>
    public Task RenewAsync(NpgsqlConnection connection, NpgsqlTransaction transaction) => connection.ExecuteAsync(
        $"""
        update installation i set table_oid = now.table_oid, database_oid = now.database_oid, system_identifier = now.system_identifier,
               cluster_birth = now.cluster_birth, since = clock_timestamp(), restored_at = null, restored_why = null
        from ({Identity}) now;
        delete from witnesses
        """, new { Birth }, transaction);

    /// <summary>The highest started batch of each process, as stored in the database.</summary>
    public async Task<IReadOnlyDictionary<Guid, long>> BatchesAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        return (await connection.QueryAsync<(Guid Id, long Batch)>("select id, batch from witnesses")).ToDictionary(row => row.Id, row => row.Batch);
    }

    public async Task RegisterAsync(Guid witness)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync("insert into witnesses (id) values (@witness) on conflict do nothing", new { witness });
    }

    /// <summary>See <see cref="Beginning"/>.</summary>
    /// <returns>The batch number; null if nothing may be sent.</returns>
    public async Task<long?> BeginAsync(Guid witness, long atLeast)
    {
        await using var command = database.CreateCommand(Beginning);
        command.Parameters.AddWithValue(witness);
        command.Parameters.AddWithValue(atLeast);
        return (long?)await command.ExecuteScalarAsync();
    }

    /// <summary>Records a heartbeat of the process.</summary>
    public async Task BeatAsync(Guid witness)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync("update witnesses set seen_at = now() where id = @witness", new { witness });
    }

    /// <summary>The latest time recorded in this database: everything that happened later is missing.</summary>
    public async Task<DateTimeOffset?> KnownUntilAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<DateTime?>(
            """
            select greatest((select max(seen_at) from witnesses), (select max(at) from audit_log where at <= r.restored_at),
                            (select max(created_at) from notices where created_at <= r.restored_at), r.since)
            from installation r
            """);
    }
}
