using Dapper;
using Newsletter.Addresses;
using Npgsql;

namespace Newsletter.Editors;

/// <summary>Editors as rows. A password's hash leaves it for verifying only.</summary>
public sealed class EditorStore(NpgsqlDataSource database)
{
    private const string Select =
        """
        select id as "Id", email as "Email", permission as "Permission", password_hash is not null as "HasPassword",
               locked_until as "LockedUntil", created_at as "CreatedAt", disabled_at as "DisabledAt"
        from editors

        """;

    public async Task<Editor?> FindAsync(EmailAddress address)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.QuerySingleOrDefaultAsync<Editor>(Select + "where email_key = @Key", new { address.Key });
    }

    public async Task<Editor?> FindAsync(int id)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.QuerySingleOrDefaultAsync<Editor>(Select + "where id = @id", new { id });
    }

    /// <summary>One that is known to be there, as the transaction sees it.</summary>
    public Task<Editor> GetAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, int id) =>
        connection.QuerySingleAsync<Editor>(Select + "where id = @id", new { id }, transaction);

    public async Task<IReadOnlyList<Editor>> ListAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        return (await connection.QueryAsync<Editor>(Select + "order by email_key")).AsList();
    }

    /// <summary>Whether somebody who can sign in manages this installation.</summary>
    public Task<bool> HasOperatorAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction = null) =>
        connection.ExecuteScalarAsync<bool>(
            """
            select exists (select from editors where permission = 'operator' and password_hash is not null and disabled_at is null)
            """, transaction: transaction);

    /// <summary>Adds an editor, or gives a known one this permission and lets them in again.</summary>
    public Task<int> SaveAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, EmailAddress address, string permission, DateTimeOffset now) =>
        connection.ExecuteScalarAsync<int>(
            """
            insert into editors (email, email_key, permission, created_at) values (@Value, @Key, @permission, @now)
            on conflict (email_key) do update set permission = excluded.permission, disabled_at = null
            returning id
            """, new { address.Value, address.Key, permission, now }, transaction);

    /// <summary>A new password also ends a lock.</summary>
    public Task SetPasswordAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, int id, string hash) =>
        connection.ExecuteAsync(
            "update editors set password_hash = @hash, failed_sign_ins = 0, locked_until = null where id = @id",
            new { id, hash }, transaction);

    /// <summary>
    /// Counts a try as failed before it is judged, so that a thousand at once are not judged all; the last one allowed sets the lock.
    /// </summary>
    /// <returns>Null when there is nobody who may try now.</returns>
    public async Task<SignInTry?> BeginTryAsync(EmailAddress address, int allowed, DateTimeOffset now, DateTimeOffset lockedUntil)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.QuerySingleOrDefaultAsync<SignInTry>(
            """
            update editors
            set failed_sign_ins = case when locked_until is null then failed_sign_ins + 1 else 1 end,
                locked_until = case when locked_until is null and failed_sign_ins + 1 >= @allowed then @lockedUntil end
            where email_key = @Key and password_hash is not null and disabled_at is null and (locked_until is null or locked_until <= @now)
            returning id as "EditorId", password_hash as "PasswordHash"
            """, new { address.Key, allowed, now, lockedUntil });
    }

    public async Task SucceedAsync(int id)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync("update editors set failed_sign_ins = 0, locked_until = null where id = @id", new { id });
    }
}
