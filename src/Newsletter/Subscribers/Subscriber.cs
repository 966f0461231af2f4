using System.Text.Json.Serialization;
using Newsletter.Links;

namespace Newsletter.Subscribers;

/// <summary>A person who gets mail, or is asked whether they want it, or has left.</summary>
public sealed record Subscriber
{
    public required long Id { get; init; }

    /// <summary>As in <see cref="Addresses.EmailAddress.Value"/>.</summary>
    public required string Email { get; init; }

    /// <summary><c>pending</c>, <c>confirmed</c> or <c>unsubscribed</c>.</summary>
    public required string Status { get; init; }

    /// <summary>What the permission to mail rests on; null as long as there is none.</summary>
    public string? Consent { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ConfirmedAt { get; init; }

    public DateTimeOffset? UnsubscribedAt { get; init; }

    /// <summary>See <see cref="Row"/>. Not "required", which JSON does not ignore.</summary>
    [JsonIgnore]
    public long Secret { get; init; }

    /// <summary>What links name this person by.</summary>
    [JsonIgnore]
    public RowKey Row => new(Id, Secret);

    public Preferences Preferences { get; init; } = new();
}
