namespace Newsletter.Editors;

/// <summary>What a password is judged by.</summary>
public sealed record Credential
{
    public required int EditorId { get; init; }

    /// <summary>Null for one who has set none yet, or is disabled.</summary>
    public string? PasswordHash { get; init; }

    /// <summary><see cref="Editor.SecurityStamp"/> as it was when this was read.</summary>
    public required Guid SecurityStamp { get; init; }
}
