using Newsletter.Addresses;
using Newsletter.Database;
using Npgsql;

namespace Newsletter.Accounts;

/// <summary>Changes which accounts may sign in, and their permission. Each change ends all sessions of the account.</summary>
public sealed class EditorAccess(NpgsqlDataSource database, EditorStore editors, AuditStore audit, TimeProvider time)
{
    /// <exception cref="Refusal">NotFound: no editor has this address. Conflict: the editor is the last operator who can sign in.</exception>
    public Task<Editor> DisableAsync(EmailAddress address, string actor) => ChangeAsync(address, async (connection, transaction, editor) =>
    {
        if (editor.DisabledAt is null)
        {
            await EnsureNotLastAsync(connection, transaction, editor);
            await editors.SetDisabledAsync(connection, transaction, editor.Id, time.GetUtcNow());
            await audit.RecordAsync(connection, transaction, actor, "editor disabled", editor.Email);
        }
    });

    /// <exception cref="Refusal">NotFound: no editor has this address.</exception>
    public Task<Editor> EnableAsync(EmailAddress address, string actor) => ChangeAsync(address, async (connection, transaction, editor) =>
    {
        if (editor.DisabledAt is not null)
        {
            await editors.SetDisabledAsync(connection, transaction, editor.Id, null);
            await audit.RecordAsync(connection, transaction, actor, "editor enabled", editor.Email);
        }
    });

    /// <param name="permission">One of <see cref="Editor.Permissions"/>.</param>
    /// <exception cref="Refusal">NotFound: no editor has this address. Conflict: the editor is the last operator who can sign in.</exception>
    public Task<Editor> SetPermissionAsync(EmailAddress address, string permission, string actor) =>
        ChangeAsync(address, (connection, transaction, editor) => SetPermissionAsync(connection, transaction, editor, permission, actor));

    /// <summary>The transaction must hold <see cref="EditorStore.LockAsync"/>.</summary>
    /// <exception cref="Refusal">Conflict: the editor is the last operator who can sign in.</exception>
    internal async Task SetPermissionAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, Editor editor, string permission, string actor)
    {
        if (editor.Permission != permission)
        {
            await EnsureNotLastAsync(connection, transaction, editor);
            await editors.SetPermissionAsync(connection, transaction, editor.Id, permission);
            await audit.RecordAsync(connection, transaction, actor, "editor permission changed", $"{editor.Email}: {permission}");
        }
    }

    /// <summary>Removes the account. The audit log keeps the editor's actions with their address.</summary>
    /// <returns>The editor before the removal.</returns>
    /// <exception cref="Refusal">NotFound: no editor has this address. Conflict: the editor is the last operator who can sign in.</exception>
    public async Task<Editor> RemoveAsync(EmailAddress address, string actor)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var editor = await FindLockedAsync(connection, transaction, address);
        await EnsureNotLastAsync(connection, transaction, editor);
        await editors.RemoveAsync(connection, transaction, editor.Id);
        await audit.RecordAsync(connection, transaction, actor, "editor removed", $"{editor.Email}, {editor.Permission}");
        await transaction.CommitAsync();
        return editor;
    }

    /// <returns>The editor after the change.</returns>
    private async Task<Editor> ChangeAsync(EmailAddress address, Func<NpgsqlConnection, NpgsqlTransaction, Editor, Task> change)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var editor = await FindLockedAsync(connection, transaction, address);
        await change(connection, transaction, editor);
        editor = await editors.GetAsync(connection, transaction, editor.Id);
        await transaction.CommitAsync();
        return editor;
    }

    private async Task<Editor> FindLockedAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, EmailAddress address)
    {
        await editors.LockAsync(connection, transaction);
        return await editors.FindAsync(connection, transaction, address)
            ?? throw Refusal.NotFound($"{address.Readable} is not an editor: 'newsletter editors list' shows all editors.");
    }

    private async Task EnsureNotLastAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, Editor editor)
    {
        var canSignIn = editor is { Permission: Editor.OperatorPermission, HasPassword: true, DisabledAt: null };
        if (canSignIn && !await editors.HasOperatorAsync(connection, transaction, otherThan: editor.Id))
        {
            throw Refusal.Conflict(
                $"{EmailAddress.ReadableOf(editor.Email)} is the last operator who can sign in: let another one set a password first "
                + "('newsletter editors add EMAIL --permission operator').");
        }
    }
}
