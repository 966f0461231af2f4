using Dapper;
using Npgsql;

namespace Newsletter.Accounts;

/// <summary>Stores set-up links by the SHA-256 of the token, in hexadecimal. The token itself is never stored.</summary>
public sealed class SetupLinkStore(NpgsqlDataSource database)
{
    public async Task<SetupLink?> FindAsync(string tokenHash, DateTimeOffset now)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.QuerySingleOrDefaultAsync<SetupLink>(
            """
            select l.editor_id as "EditorId", e.email as "Email", e.disabled_at is not null as "IsDisabled"
            from setup_links l left join editors e on e.id = l.editor_id
            where l.token_hash = @tokenHash and l.used_at is null and l.expires_at > @now
            """, new { tokenHash, now });
    }

    /// <summary>
    /// Adds the link, and deletes older unused ones of the same editor (null: of the first operator). The transaction must hold
    /// <see cref="EditorStore.LockAsync"/>: otherwise two links created concurrently could both be valid.
    /// </summary>
    public Task ReplaceAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string tokenHash, int? editorId, DateTimeOffset expiresAt) =>
        connection.ExecuteAsync(
            """
            delete from setup_links where editor_id is not distinct from @editorId::int and used_at is null;
            insert into setup_links (token_hash, editor_id, expires_at) values (@tokenHash, @editorId::int, @expiresAt)
            """, new { tokenHash, editorId, expiresAt }, transaction);

    /// <summary>Marks the link as used. Of two concurrent requests, the second waits for the first and gets false.</summary>
    /// <returns>False if the link is unknown, used or expired.</returns>
    public async Task<bool> UseAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string tokenHash, DateTimeOffset now) =>
        await connection.ExecuteAsync(
            "update setup_links set used_at = @now where token_hash = @tokenHash and used_at is null and expires_at > @now",
            new { tokenHash, now }, transaction) == 1;
}
