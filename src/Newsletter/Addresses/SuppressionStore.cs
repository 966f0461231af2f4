using System.Security.Cryptography;
using System.Text;
using Dapper;
using Newsletter.Database;
using Npgsql;

namespace Newsletter.Addresses;

/// <summary>The list of addresses that must not receive mail. The audit log contains only a fingerprint of each address.</summary>
public sealed class SuppressionStore(NpgsqlDataSource database, AuditStore audit, TimeProvider time)
{
    private const int MaxReason = 500;

    /// <summary>One page of suppressions, ordered by address key.</summary>
    /// <param name="limit">Maximum number of results.</param>
    /// <param name="after">Returns keys after this one; null: from the beginning.</param>
    public async Task<IReadOnlyList<Suppression>> ListAsync(int limit, string? after = null)
    {
        await using var connection = await database.OpenConnectionAsync();
        return (await connection.QueryAsync<Suppression>(
            """
            select email_key as "EmailKey", reason as "Reason", created_at as "CreatedAt"
            from suppressions
            where @after::text is null or email_key > @after
            order by email_key
            limit @limit
            """, new { limit, after })).AsList();
    }

    public async Task<bool> IsSuppressedAsync(EmailAddress address)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<bool>(
            "select exists (select from suppressions where email_key = @Key)", new { address.Key });
    }

    /// <returns>False if the address was already suppressed; its original reason is kept.</returns>
    public Task<bool> AddAsync(EmailAddress address, string reason, string actor) =>
        ChangeAsync(
            """
            insert into suppressions (email_key, reason, created_at) values (@Key, @reason, @now)
            on conflict (email_key) do nothing
            """, address, reason, actor, "suppression added");

    /// <returns>False if the address was not suppressed.</returns>
    public Task<bool> LiftAsync(EmailAddress address, string reason, string actor) =>
        ChangeAsync("delete from suppressions where email_key = @Key", address, reason, actor, "suppression lifted");

    private async Task<bool> ChangeAsync(string sql, EmailAddress address, string reason, string actor, string action)
    {
        reason = SingleLine.Trim(reason);
        if ((reason.Length == 0 ? "is missing" : SingleLine.Problem(reason, MaxReason)) is { } problem)
        {
            throw Refusal.Invalid($"The reason {problem}: it must be one line of 1 to {MaxReason} characters.");
        }

        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var changed = await connection.ExecuteAsync(sql, new { address.Key, reason, now = time.GetUtcNow() }, transaction) == 1;
        if (changed)
        {
            await audit.RecordAsync(connection, transaction, actor, action, $"address {Fingerprint(address)}: {reason}");
        }

        await transaction.CommitAsync();
        return changed;
    }

    /// <summary>The first 12 hexadecimal digits of the key's SHA-256: finding an entry requires the address, which the log does not contain.</summary>
    private static string Fingerprint(EmailAddress address) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address.Key)))[..12];
}
