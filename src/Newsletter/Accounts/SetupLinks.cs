using Newsletter.Addresses;
using Newsletter.Database;
using Npgsql;

namespace Newsletter.Accounts;

/// <summary>One-time links to set a first or a new password, valid for 24 hours. There is no default password.</summary>
public sealed class SetupLinks(
    NpgsqlDataSource database, SetupLinkStore links, EditorStore editors, EditorAccess access, SignInTryStore tries, PasswordRules rules,
    AuditStore audit, TimeProvider time)
{
    /// <summary>Path of the page; the token is appended.</summary>
    public const string Path = "/editor/setup/";

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <returns>The path of a new link, which invalidates older ones; null if an operator with a password exists.</returns>
    public async Task<string?> FirstOperatorAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await editors.LockAsync(connection, transaction);
        if (await editors.HasOperatorAsync(connection, transaction))
        {
            return null;
        }

        var path = await IssueAsync(connection, transaction, null);
        await transaction.CommitAsync();
        return path;
    }

    /// <summary>
    /// Creates a new link for an editor and invalidates older ones; adds the editor if the address is unknown. The current password
    /// stays valid until the editor sets a new one. Resets the rate limit of the account.
    /// </summary>
    /// <param name="permission">One of <see cref="Editor.Permissions"/>; null: the current one, or editor for a new account.</param>
    /// <returns>The path of the link.</returns>
    /// <exception cref="Refusal">
    /// Invalid: unknown permission. Conflict: the editor is disabled, or is the last operator and would lose the permission.
    /// </exception>
    public async Task<string> InviteAsync(EmailAddress address, string? permission, string actor)
    {
        if (permission is not null && !Editor.Permissions.Contains(permission))
        {
            throw Refusal.Invalid($"The permission must be one of: {string.Join(", ", Editor.Permissions)}.");
        }

        return await MakeAsync(address, actor, async (connection, transaction, known) =>
        {
            if (known is null)
            {
                permission ??= Editor.EditorPermission;
                await audit.RecordAsync(connection, transaction, actor, "editor invited", $"{address.Value} as {permission}");
                return await editors.AddAsync(connection, transaction, address, permission, time.GetUtcNow());
            }
            await access.SetPermissionAsync(connection, transaction, known, permission ?? known.Permission, actor);
            return known.Id;
        });
    }

    /// <summary>Same as <see cref="InviteAsync"/>, for an existing editor.</summary>
    /// <exception cref="Refusal">NotFound: no editor has this address. Conflict: the editor is disabled.</exception>
    public Task<string> RenewAsync(EmailAddress address, string actor) => MakeAsync(address, actor, (_, _, known) =>
        Task.FromResult(known?.Id ?? throw Refusal.NotFound($"{address.Readable} is not an editor: 'newsletter editors add EMAIL' adds one.")));

    /// <returns>The link's data; null if the link is unknown, used or expired.</returns>
    public async Task<SetupLink?> FindAsync(string token) =>
        token.Length > RandomToken.MaxLength ? null : await links.FindAsync(RandomToken.HashOf(token), time.GetUtcNow());

    /// <summary>Uses the link and sets the password in one transaction. Ends all earlier sessions of the editor.</summary>
    /// <param name="email">The first operator's address; ignored if the link belongs to an editor.</param>
    /// <exception cref="Refusal">
    /// Invalid: the address or the password is not accepted; the link stays valid. NotFound: the link was used or has expired. Conflict:
    /// the editor is disabled, or an operator exists now.
    /// </exception>
    public async Task<Editor> UseAsync(string token, string? email, string password)
    {
        var link = await FindAsync(token) ?? throw NoLink();
        var address = EmailAddress.Parse(link.Email ?? email);
        Refusal.Reading(nameof(password), () => rules.Check(password, address));
        var hash = Passwords.Hash(password);

        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await editors.LockAsync(connection, transaction);
        if (!await links.UseAsync(connection, transaction, RandomToken.HashOf(token), time.GetUtcNow()))
        {
            throw NoLink();
        }

        var id = link.EditorId ?? await AddFirstOperatorAsync(connection, transaction, address);
        if ((await editors.GetAsync(connection, transaction, id)).DisabledAt is not null)
        {
            throw Disabled(address);
        }
        await editors.SetPasswordAsync(connection, transaction, id, hash);
        await tries.ResetAsync(connection, transaction, address);
        await audit.RecordAsync(connection, transaction, "set-up link", "password set", address.Value);
        var editor = await editors.GetAsync(connection, transaction, id);
        await transaction.CommitAsync();
        return editor;
    }

    /// <param name="editorId">Receives the editor with the address, or null; returns the id of the editor for the link.</param>
    private async Task<string> MakeAsync(EmailAddress address, string actor, Func<NpgsqlConnection, NpgsqlTransaction, Editor?, Task<int>> editorId)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await editors.LockAsync(connection, transaction);
        var known = await editors.FindAsync(connection, transaction, address);
        if (known?.DisabledAt is not null)
        {
            throw Disabled(address);
        }
        var path = await IssueAsync(connection, transaction, await editorId(connection, transaction, known));
        await tries.ResetAsync(connection, transaction, address);
        await audit.RecordAsync(connection, transaction, actor, "set-up link made", address.Value);
        await transaction.CommitAsync();
        return path;
    }

    /// <summary>Creates the first operator account. A disabled account with this address is enabled: no operator exists that could enable it.</summary>
    private async Task<int> AddFirstOperatorAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, EmailAddress address)
    {
        if (await editors.HasOperatorAsync(connection, transaction))
        {
            throw Refusal.Conflict("There is an operator already: ask them for an invitation.");
        }
        if (await editors.FindAsync(connection, transaction, address) is not { } known)
        {
            return await editors.AddAsync(connection, transaction, address, Editor.OperatorPermission, time.GetUtcNow());
        }
        await editors.SetDisabledAsync(connection, transaction, known.Id, null);
        await editors.SetPermissionAsync(connection, transaction, known.Id, Editor.OperatorPermission);
        return known.Id;
    }

    private async Task<string> IssueAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, int? editorId)
    {
        var token = RandomToken.New();
        await links.ReplaceAsync(connection, transaction, RandomToken.HashOf(token), editorId, time.GetUtcNow() + Lifetime);
        return Path + token;
    }

    private static Refusal NoLink() =>
        Refusal.NotFound(
            "This set-up link was used before or has expired: ask an operator for a new one. "
            + "For the first operator, restart the program: it prints a new link.");

    private static Refusal Disabled(EmailAddress address) =>
        Refusal.Conflict($"{address.Readable} is disabled and cannot sign in: an operator enables them with 'newsletter editors enable'.");
}
