using Dapper;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Newsletter.Restores;

/// <summary>The marker of this database, and the rows of the processes that send.</summary>
public sealed class InstallationStore(NpgsqlDataSource database, IOptions<DataOptions> data)
{
    /// <summary>What the server says of the marker's table, this database and its cluster: a logical restore changes at least one.</summary>
    private const string Identity =
        """
        select 'installation'::regclass::oid as table_oid, d.oid as database_oid, c.system_identifier, @Birth::text as cluster_birth
        from pg_database d, pg_control_system() c where d.datname = current_database()
        """;

    /// <summary>A batch begins: of a process ($1) whose row is not behind what it has recorded ($2). No row: nothing may be sent.</summary>
    internal const string Beginning =
        """
        update witnesses w set batch = w.batch + 1, seen_at = now() from installation i
        where w.id = $1 and w.batch >= $2 and i.restored_at is null and i.table_oid = 'installation'::regclass
        returning w.batch
        """;

    private string? Birth => data.Value.ClusterBirth;

    /// <summary>Names this database among those that the witnesses in one directory may be of.</summary>
    public async Task<string> NameAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        return (await connection.ExecuteScalarAsync<string>($"select system_identifier || '-' || database_oid from ({Identity}) i", new { Birth }))!;
    }

    /// <returns>Null before anything was planned or sent.</returns>
    public async Task<InstallationMarker?> FindAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.QuerySingleOrDefaultAsync<InstallationMarker>(
            $"""
            select i.since, i.restored_at, i.restored_why,
                   (i.table_oid, i.database_oid, i.system_identifier) = (now.table_oid, now.database_oid, now.system_identifier)
                   -- A process without the embedded cluster's files cannot tell.
                   and (i.cluster_birth is null or now.cluster_birth is null or i.cluster_birth = now.cluster_birth) as is_in_place
            from installation i, ({Identity}) now
            """, new { Birth });
    }

    /// <summary>Writes the marker unless there is one.</summary>
    public async Task AddAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            $"""
            insert into installation (table_oid, database_oid, system_identifier, cluster_birth, since)
            select table_oid, database_oid, system_identifier, cluster_birth, clock_timestamp() from ({Identity}) now on conflict do nothing
            """, new { Birth });
    }

    /// <summary>Nothing is sent from now on.</summary>
    /// <param name="why">One clause; the first one stays.</param>
    /// <returns>False when another process was quicker.</returns>
    public async Task<bool> HoldAsync(string why)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteAsync(
            "update installation set restored_at = clock_timestamp(), restored_why = @why where restored_at is null", new { why }) == 1;
    }

    /// <summary>Locks the marker until the transaction ends.</summary>
    /// <returns>When the restore was noticed; null when there was none.</returns>
    public async Task<DateTimeOffset?> LockAsync(NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        await connection.ExecuteScalarAsync<DateTime?>("select restored_at from installation for update", transaction: transaction);

    /// <summary>This database is the one that counts from now on, and witnesses of before say nothing any more.</summary>
    public Task RenewAsync(NpgsqlConnection connection, NpgsqlTransaction transaction) => connection.ExecuteAsync(
        $"""
        update installation i set table_oid = now.table_oid, database_oid = now.database_oid, system_identifier = now.system_identifier,
               cluster_birth = now.cluster_birth, since = clock_timestamp(), restored_at = null, restored_why = null
        from ({Identity}) now;
        delete from witnesses
        """, new { Birth }, transaction);

    /// <summary>How far each process came, by what the database knows.</summary>
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

    /// <summary>
    /// Stops editions that nobody has looked after for 15 minutes: this may be a copy, sent elsewhere since. For a process that
    /// finds nothing by which it could tell.
    /// </summary>
    public async Task PauseForgottenAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            with paused as (
                update editions set state = 'paused',
                       note = format('paused by itself: nobody sent it for 15 minutes or more; if this database is a copy, it may have been sent elsewhere, '
                                     'otherwise %s', quote_literal('newsletter editions resume ' || id))
                where state = 'sending' and heartbeat_at < now() - interval '15 minutes' returning id)
            insert into audit_log (at, actor, action, subject)
            select now(), 'worker', 'edition paused itself', 'edition ' || id || ': nobody sent it for 15 minutes or more, and it may have been sent elsewhere'
            from paused
            """);
    }

    /// <summary>See <see cref="Beginning"/>.</summary>
    /// <returns>The batch; null when nothing may be sent.</returns>
    public async Task<long?> BeginAsync(Guid witness, long atLeast)
    {
        await using var command = database.CreateCommand(Beginning);
        command.Parameters.AddWithValue(witness);
        command.Parameters.AddWithValue(atLeast);
        return (long?)await command.ExecuteScalarAsync();
    }

    /// <summary>The process is alive.</summary>
    public async Task BeatAsync(Guid witness)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync("update witnesses set seen_at = now() where id = @witness", new { witness });
    }

    /// <summary>The latest time that this database knows of: what happened later is missing.</summary>
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
