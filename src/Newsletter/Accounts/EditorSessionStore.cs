using Dapper;
using Npgsql;

namespace Newsletter.Accounts;

/// <summary>Stores sessions; the key is the hash of the token.</summary>
public sealed class EditorSessionStore(NpgsqlDataSource database)
{
    /// <summary>Adds a session. Also deletes expired sessions: sign-ins are rare, so this is cheap.</summary>
    public async Task AddAsync(string tokenHash, Editor editor, DateTimeOffset now, DateTimeOffset expiresAt)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync("delete from editor_sessions where expires_at <= @now", new { now });
        // Adds no row if the editor was removed in the meantime.
        await connection.ExecuteAsync(
            """
            insert into editor_sessions (token_hash, editor_id, stamp, expires_at)
            select @tokenHash, id, @SecurityStamp, @expiresAt from editors where id = @Id
            """, new { tokenHash, editor.Id, editor.SecurityStamp, expiresAt });
    }

    /// <returns>The editor of the session; null if the session has ended.</returns>
    public async Task<Editor?> FindEditorAsync(string tokenHash, DateTimeOffset now)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.QuerySingleOrDefaultAsync<Editor>(
            $"""
            select {EditorStore.Columns} from editor_sessions s
            join editors e on e.id = s.editor_id and e.stamp = s.stamp and e.disabled_at is null and e.password_hash is not null
            where s.token_hash = @tokenHash and s.expires_at > @now
            """, new { tokenHash, now });
    }

    public async Task ExtendAsync(string tokenHash, DateTimeOffset expiresAt)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            "update editor_sessions set expires_at = @expiresAt where token_hash = @tokenHash", new { tokenHash, expiresAt });
    }

    /// <summary>Call this after a restore: sessions in the backup must not become valid again.</summary>
    public async Task DeleteAllAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync("delete from editor_sessions");
    }

    public async Task DeleteAsync(string tokenHash)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync("delete from editor_sessions where token_hash = @tokenHash", new { tokenHash });
    }
}
