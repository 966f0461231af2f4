namespace Newsletter.Accounts;

/// <summary>A one-time link that has not been used and has not expired.</summary>
public sealed record SetupLink
{
    /// <summary>Account that the link sets up. Null for the bootstrap link, which creates the first operator account.</summary>
    public int? EditorId { get; init; }

    /// <summary>The editor's address; null if <see cref="EditorId"/> is null.</summary>
    public string? Email { get; init; }

    /// <summary>The editor is disabled, so the link cannot be used.</summary>
    public bool IsDisabled { get; init; }
}
