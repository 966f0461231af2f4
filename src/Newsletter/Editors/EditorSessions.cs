using Newsletter.Database;
using Npgsql;

namespace Newsletter.Editors;

/// <summary>
/// Browsers that are signed in: each holds a token of its own, so that signing out on one ends that one alone, also for whoever
/// copied its cookie. A new stamp of the account ends all of them.
/// </summary>
public sealed class EditorSessions(NpgsqlDataSource database, EditorSessionStore sessions, EditorStore editors, AuditLog audit, TimeProvider time)
{
    /// <summary>So long after it was used last a session is over.</summary>
    public static readonly TimeSpan GoodFor = TimeSpan.FromHours(12);

    /// <param name="editor">As they were when they were let in: what changed since then ends this session, too.</param>
    /// <returns>The token for the cookie.</returns>
    public async Task<string> BeginAsync(Editor editor)
    {
        var (token, now) = (RandomToken.New(), time.GetUtcNow());
        await sessions.AddAsync(RandomToken.HashOf(token), editor, now, now + GoodFor);
        return token;
    }

    /// <returns>Whose session it is, as they are now; null when it is over.</returns>
    public Task<Editor?> FindEditorAsync(string token) => sessions.FindEditorAsync(RandomToken.HashOf(token), time.GetUtcNow());

    /// <summary>It is in use, and goes on.</summary>
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
