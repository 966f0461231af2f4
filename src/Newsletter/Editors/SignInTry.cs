namespace Newsletter.Editors;

/// <summary>What a password is judged by.</summary>
public sealed record SignInTry
{
    public required int EditorId { get; init; }

    public required string PasswordHash { get; init; }
}
