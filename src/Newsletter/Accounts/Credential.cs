namespace Newsletter.Accounts;

/// <summary>What the program needs to verify a password.</summary>
public sealed record Credential
{
    public required int EditorId { get; init; }

    /// <summary>Null if the editor has set no password yet, or is disabled.</summary>
    public string? PasswordHash { get; init; }

    /// <summary><see cref="Editor.SecurityStamp"/> at the time of reading: it shows whether the account has changed since then.</summary>
    public required Guid SecurityStamp { get; init; }
}
