namespace Newsletter.Membership;

/// <summary>A sign-up as the person typed it. It waits in the queue to be processed.</summary>
public sealed record QueuedSignUp
{
    public required long Id { get; init; }

    /// <summary>As in <see cref="Addresses.EmailAddress.Value"/>.</summary>
    public required string Email { get; init; }

    public required string[] Roles { get; init; }
    public required string[] Topics { get; init; }
}
