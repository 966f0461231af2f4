namespace Newsletter.Addresses;

/// <summary>An address that must not receive mail, and the reason. It is kept after the subscriber is deleted.</summary>
public sealed record Suppression
{
    /// <summary><see cref="EmailAddress.Key"/>.</summary>
    public required string EmailKey { get; init; }

    /// <summary>1 to 500 characters, one line.</summary>
    public required string Reason { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
