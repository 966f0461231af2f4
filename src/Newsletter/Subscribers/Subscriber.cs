using System.Text.Json.Serialization;
using Newsletter.Links;

namespace Newsletter.Subscribers;

/// <summary>A person who gets mail, was asked to confirm, or has unsubscribed.</summary>
public sealed record Subscriber
{
    public required long Id { get; init; }

    /// <summary>As in <see cref="Addresses.EmailAddress.Value"/>.</summary>
    public required string Email { get; init; }

    /// <summary>One of <see cref="SubscriberStatus"/>.</summary>
    public required string Status { get; init; }

    /// <summary>The basis of the permission to mail; null while there is none.</summary>
    public string? Consent { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ConfirmedAt { get; init; }

    public DateTimeOffset? UnsubscribedAt { get; init; }

    /// <summary>See <see cref="Row"/>. Not "required", because JSON cannot ignore a required property.</summary>
    [JsonIgnore]
    public long Secret { get; init; }

    /// <summary>Id and secret that identify this subscriber in links.</summary>
    [JsonIgnore]
    public RowKey Row => new(Id, Secret);

    public Preferences Preferences { get; init; } = new();
}
