using System.Security.Cryptography;
using System.Text;
using Dapper;
using Newsletter.Database;
using Npgsql;

namespace Newsletter.Addresses;

/// <summary>The list of addresses that must not be mailed. The audit log knows an address by its fingerprint only.</summary>
public sealed class SuppressionStore(NpgsqlDataSource database, AuditStore audit, TimeProvider time)
{
    private const int MaxReason = 500;

    /// <summary>In the order of addresses.</summary>
    /// <param name="limit">At most this many.</param>
    /// <param name="after">Those after this key; null from the beginning.</param>
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

    /// <returns>False when the address was suppressed already; its first reason stays.</returns>
    public Task<bool> AddAsync(EmailAddress address, string reason, string actor) =>
        ChangeAsync(
            """
            insert into suppressions (email_key, reason, created_at) values (@Key, @reason, @now)
            on conflict (email_key) do nothing
            """, address, reason, actor, "suppression added");

    /// <returns>False when the address was not suppressed.</returns>
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

    /// <summary>The first 12 hexadecimal digits of the SHA-256 of the key: who has the address finds its entries.</summary>
    private static string Fingerprint(EmailAddress address) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address.Key)))[..12];
}
