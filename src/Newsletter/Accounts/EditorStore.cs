using Dapper;
using Newsletter.Addresses;
using Npgsql;

namespace Newsletter.Accounts;

/// <summary>Stores editors. Only <c>FindCredentialAsync</c> returns password hashes.</summary>
public sealed class EditorStore(NpgsqlDataSource database)
{
    /// <summary>The columns of an editor. The query must give the table the alias e.</summary>
    internal const string Columns =
        """
        e.id as "Id", e.email as "Email", e.permission as "Permission", e.password_hash is not null as "HasPassword",
        e.created_at as "CreatedAt", e.disabled_at as "DisabledAt", e.stamp as "SecurityStamp"
        """;

    private const string Select = $"select {Columns} from editors e\n";

    public async Task<Editor?> FindAsync(EmailAddress address)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await FindAsync(connection, null, address);
    }

    public async Task<Editor?> FindAsync(int id)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.QuerySingleOrDefaultAsync<Editor>(Select + "where e.id = @id", new { id });
    }

    public Task<Editor?> FindAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, EmailAddress address) =>
        connection.QuerySingleOrDefaultAsync<Editor>(Select + "where e.email_key = @Key", new { address.Key }, transaction);

    /// <summary>Reads an existing editor within the transaction. Throws if there is none.</summary>
    public Task<Editor> GetAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, int id) =>
        connection.QuerySingleAsync<Editor>(Select + "where e.id = @id", new { id }, transaction);

    public async Task<IReadOnlyList<Editor>> ListAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        return (await connection.QueryAsync<Editor>(Select + "order by e.email_key")).AsList();
    }

    /// <summary>
    /// Table lock until the transaction ends: no other transaction can change accounts or create a set-up link. Without it there are two
    /// races: two operators could disable each other, and two links created concurrently could both be valid.
    /// </summary>
    public Task LockAsync(NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        connection.ExecuteAsync("lock table setup_links, editors in share row exclusive mode", transaction: transaction);

    /// <summary>True if at least one operator can sign in.</summary>
    /// <param name="otherThan">The id of an editor who is not counted.</param>
    public Task<bool> HasOperatorAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction = null, int? otherThan = null) =>
        connection.ExecuteScalarAsync<bool>(
            """
            select exists (
                select from editors
                where permission = 'operator' and password_hash is not null and disabled_at is null and id is distinct from @otherThan::int)
            """, new { otherThan }, transaction);

    public Task<int> AddAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, EmailAddress address, string permission, DateTimeOffset now) =>
        connection.ExecuteScalarAsync<int>(
            "insert into editors (email, email_key, permission, created_at) values (@Value, @Key, @permission, @now) returning id",
            new { address.Value, address.Key, permission, now }, transaction);

    public Task SetPermissionAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, int id, string permission) =>
        connection.ExecuteAsync(
            "update editors set permission = @permission, stamp = gen_random_uuid() where id = @id", new { id, permission }, transaction);

    /// <param name="at">Null: the editor may sign in again.</param>
    public Task SetDisabledAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, int id, DateTimeOffset? at) =>
        connection.ExecuteAsync("update editors set disabled_at = @at, stamp = gen_random_uuid() where id = @id", new { id, at }, transaction);

    public Task SetPasswordAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, int id, string hash) =>
        connection.ExecuteAsync("update editors set password_hash = @hash, stamp = gen_random_uuid() where id = @id", new { id, hash }, transaction);

    public Task RenewStampAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, int id) =>
        connection.ExecuteAsync("update editors set stamp = gen_random_uuid() where id = @id", new { id }, transaction);

    /// <summary>Also deletes the editor's sessions, set-up links and undelivered alarms (cascade). The audit log is kept.</summary>
    public Task RemoveAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, int id) =>
        connection.ExecuteAsync("delete from editors where id = @id", new { id }, transaction);

    /// <returns>Null if no editor has this address.</returns>
    public async Task<Credential?> FindCredentialAsync(EmailAddress address)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.QuerySingleOrDefaultAsync<Credential>(
            """
            select id as "EditorId", case when disabled_at is null then password_hash end as "PasswordHash", stamp as "SecurityStamp"
            from editors where email_key = @Key
            """, new { address.Key });
    }
}
