using Newsletter.Addresses;
using Newsletter.Database;
using Npgsql;

namespace Newsletter.Accounts;

/// <summary>Changes an editor's own password.</summary>
public sealed class PasswordChange(NpgsqlDataSource database, EditorStore editors, SignIn signIn, PasswordRules rules, AuditStore audit)
{
    /// <summary>Ends all sessions of the editor: the caller must start a new one for the current browser.</summary>
    /// <param name="client">The client's network: a wrong old password counts as a failed sign-in for the rate limit.</param>
    /// <returns>The editor after the change.</returns>
    /// <exception cref="Refusal">
    /// Invalid: the old password is wrong, or the new one is not accepted. Conflict: the account was changed concurrently.
    /// </exception>
    public async Task<Editor> ChangeAsync(string email, string old, string @new, string client)
    {
        if (await signIn.TryAsync(email, old, client) is not { } editor)
        {
            throw Refusal.Invalid("The old password is wrong, or there were too many tries: after ten wrong tries, wait 15 minutes.").About("Old");
        }
        Refusal.Reading(nameof(@new), () => rules.Check(@new, EmailAddress.Parse(email)));
        if (@new == old)
        {
            throw Refusal.Invalid("The new password is the same as the old one: choose another.").About("New");
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
