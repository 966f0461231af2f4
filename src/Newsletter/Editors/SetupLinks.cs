using System.Security.Cryptography;
using System.Text;
using Newsletter.Addresses;
using Newsletter.Database;
using Npgsql;

namespace Newsletter.Editors;

/// <summary>One-time links, good for 24 hours, by which people set their first or a new password. There is no default password.</summary>
public sealed class SetupLinks(NpgsqlDataSource database, SetupLinkStore links, EditorStore editors, AuditLog audit, TimeProvider time)
{
    /// <summary>The path that a token is appended to.</summary>
    public const string Path = "/editor/setup/";

    private const int TokenBytes = 32;
    private const int MaxToken = 100;
    private static readonly TimeSpan GoodFor = TimeSpan.FromHours(24);

    /// <returns>The path of a new link, which ends older ones; null once there is an operator with a password.</returns>
    public async Task<string?> FirstOperatorAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        if (await editors.HasOperatorAsync(connection))
        {
            return null;
        }

        await using var transaction = await connection.BeginTransactionAsync();
        var path = await IssueAsync(connection, transaction, null);
        await transaction.CommitAsync();
        return path;
    }

    /// <summary>Adds an editor, or gives a known one a new link and this permission; the password they have works until they set a new one.</summary>
    /// <param name="permission">One of <see cref="Editor.Permissions"/>.</param>
    /// <returns>The path of the link.</returns>
    /// <exception cref="Refusal">Invalid, for another permission.</exception>
    public async Task<string> InviteAsync(EmailAddress address, string permission, string actor)
    {
        if (!Editor.Permissions.Contains(permission))
        {
            throw Refusal.Invalid($"The permission must be one of: {string.Join(", ", Editor.Permissions)}.");
        }

        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var id = await editors.SaveAsync(connection, transaction, address, permission, time.GetUtcNow());
        var path = await IssueAsync(connection, transaction, id);
        await audit.RecordAsync(connection, transaction, actor, "editor invited", $"{address.Value} as {permission}");
        await transaction.CommitAsync();
        return path;
    }

    /// <returns>What the link is for; null when it is unknown, used or expired.</returns>
    public async Task<SetupLink?> FindAsync(string token) =>
        token.Length > MaxToken ? null : await links.FindAsync(Hash(token), time.GetUtcNow());

    /// <summary>Uses the link up and sets the password, both or neither.</summary>
    /// <param name="email">The first operator's address; not looked at when the link belongs to an editor.</param>
    /// <exception cref="Refusal">Invalid address or password, after which the link is still good; NotFound when it was used or has expired; Conflict when there is an operator by now.</exception>
    public async Task<Editor> UseAsync(string token, string? email, string password)
    {
        var passwordHash = Passwords.Hash(password);
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var link = token.Length > MaxToken ? null : await links.UseAsync(connection, transaction, Hash(token), time.GetUtcNow());
        if (link is null)
        {
            throw Refusal.NotFound("This set-up link was used before or has expired: ask an operator for a new one, or start the program again for the first.");
        }

        if (link.EditorId is null && await editors.HasOperatorAsync(connection, transaction))
        {
            throw Refusal.Conflict("There is an operator already: ask them for an invitation.");
        }

        var id = link.EditorId
            ?? await editors.SaveAsync(connection, transaction, EmailAddress.Parse(email), Editor.OperatorPermission, time.GetUtcNow());
        await editors.SetPasswordAsync(connection, transaction, id, passwordHash);
        await audit.RecordAsync(connection, transaction, "set-up link", "password set", $"editor {id}");
        var editor = await editors.GetAsync(connection, transaction, id);
        await transaction.CommitAsync();
        return editor;
    }

    private async Task<string> IssueAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, int? editorId)
    {
        // Hexadecimal: text mail programs leave a final hyphen out of a link.
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));
        await links.ReplaceAsync(connection, transaction, Hash(token), editorId, time.GetUtcNow() + GoodFor);
        return Path + token;
    }

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
