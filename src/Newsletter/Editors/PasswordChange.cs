using Newsletter.Addresses;
using Newsletter.Database;
using Npgsql;

namespace Newsletter.Editors;

/// <summary>An editor's change of their own password.</summary>
public sealed class PasswordChange(NpgsqlDataSource database, EditorStore editors, SignIn signIn, PasswordRules rules, AuditLog audit)
{
    /// <summary>Ends all sessions: the one who asks begins a new one.</summary>
    /// <param name="client">The network that it is asked from: a wrong old password counts as a try to sign in.</param>
    /// <returns>The editor as they are now.</returns>
    /// <exception cref="Refusal">Invalid, when the old password is wrong or the new one is not taken; Conflict, when the account changed meanwhile.</exception>
    public async Task<Editor> ChangeAsync(string email, string old, string @new, string client)
    {
        if (await signIn.TryAsync(email, old, client) is not { } editor)
        {
            throw Refusal.Invalid("The old password is wrong, or there were too many tries: after ten wrong tries, wait 15 minutes.").About("Old");
        }
        Refusal.Reading(nameof(@new), () => rules.Check(@new, EmailAddress.Parse(email)));
        if (@new == old)
        {
            throw Refusal.Invalid("The new password is the old one: take another.").About("New");
        }

        var hash = Passwords.Hash(@new);
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await editors.LockAsync(connection, transaction);
        if ((await editors.FindAsync(connection, transaction, EmailAddress.Parse(email)))?.SecurityStamp != editor.SecurityStamp)
        {
            throw Refusal.Conflict("Your account was changed meanwhile: sign in and try again.");
        }
        await editors.SetPasswordAsync(connection, transaction, editor.Id, hash);
        await audit.RecordAsync(connection, transaction, editor.Email, "editor password changed", editor.Email);
        editor = await editors.GetAsync(connection, transaction, editor.Id);
        await transaction.CommitAsync();
        return editor;
    }
}
