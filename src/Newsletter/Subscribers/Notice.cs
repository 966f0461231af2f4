namespace Newsletter.Subscribers;

/// <summary>A mail to one person outside of editions, claimed for sending.</summary>
public sealed record Notice
{
    public required long Id { get; init; }

    public required long SubscriberId { get; init; }

    /// <summary><c>confirm</c> or <c>preferences</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>From 1. Names this try: an answer to an earlier one is ignored.</summary>
    public required int Attempt { get; init; }

    /// <summary>As in <see cref="Addresses.EmailAddress.Value"/>.</summary>
    public required string Email { get; init; }
}
