using Newsletter.Database;
using Npgsql;

namespace Newsletter.Accounts;

/// <summary>
/// Sessions of signed-in browsers. Each session has its own token: signing out ends only that session, and copies of its cookie
/// become invalid too. A new security stamp of the account ends all its sessions.
/// </summary>
public sealed class EditorSessions(NpgsqlDataSource database, EditorSessionStore sessions, EditorStore editors, AuditStore audit, TimeProvider time)
{
    /// <summary>A session expires this long after its last use.</summary>
    public static readonly TimeSpan GoodFor = TimeSpan.FromHours(12);

    /// <param name="editor">The editor as read at sign-in: if the account has changed since then, the session is invalid.</param>
    /// <returns>The token for the cookie.</returns>
    public async Task<string> BeginAsync(Editor editor)
    {
        var (token, now) = (RandomToken.New(), time.GetUtcNow());
        await sessions.AddAsync(RandomToken.HashOf(token), editor, now, now + GoodFor);
        return token;
    }

    /// <returns>The current data of the session's editor; null if the session has ended.</returns>
    public Task<Editor?> FindEditorAsync(string token) => sessions.FindEditorAsync(RandomToken.HashOf(token), time.GetUtcNow());

    /// <summary>Call this when the session is used: it restarts the time until expiry.</summary>
    public Task ExtendAsync(string token) => sessions.ExtendAsync(RandomToken.HashOf(token), time.GetUtcNow() + GoodFor);

    public Task EndAsync(string token) => sessions.DeleteAsync(RandomToken.HashOf(token));

    /// <summary>Ends all sessions of an editor, on every device.</summary>
    public async Task EndAllAsync(Editor editor)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await editors.RenewStampAsync(connection, transaction, editor.Id);
        await audit.RecordAsync(connection, transaction, editor.Email, "editor signed out everywhere", editor.Email);
        await transaction.CommitAsync();
    }
}
