using System.Text.Json.Serialization;
using Newsletter.Choosing;
using Newsletter.Links;

namespace Newsletter.Digests;

/// <summary>
/// One occurrence of a digest: planned → approved → sending ⇄ paused → sent, or cancelled, missed.
/// </summary>
public sealed record Edition
{
    public required long Id { get; init; }
    public required int DigestId { get; init; }
    public required string DigestSlug { get; init; }
    public required string DigestName { get; init; }
    public required string Timezone { get; init; }

    /// <summary>The digest's <see cref="Digest.Language"/>.</summary>
    public string Language { get; init; } = "en";

    /// <summary>The scheduled time; null if an editor started the planning.</summary>
    public DateTimeOffset? OccurrenceAt { get; init; }

    /// <summary>One of <see cref="EditionState"/>.</summary>
    public required string State { get; init; }

    /// <summary>Hexadecimal SHA-256 of everything that determines the plan. An approval applies to this hash. See <see cref="PlanInputs"/>.</summary>
    public string? PlanHash { get; init; }

    public DateTimeOffset? PlannedAt { get; init; }
    public DateTimeOffset? ApprovedAt { get; init; }
    public string? ApprovedBy { get; init; }

    /// <summary>When sending begins; null until an editor sets it.</summary>
    public DateTimeOffset? SendAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Why the edition is paused, cancelled or missed, or what it waits for.</summary>
    public string? Note { get; init; }

    /// <summary>The editor's subject for all mails; null derives each subject from the mail's first item.</summary>
    public string? Subject { get; init; }

    /// <summary>The editor's text before the items; paragraphs separated by a blank line.</summary>
    public string? Intro { get; init; }

    /// <summary><c>public</c> or <c>none</c>: whether the public archive shows the edition once it is sent.</summary>
    public required string Archive { get; init; }

    /// <summary>Number of subscribers in the plan.</summary>
    public required int Subscribers { get; init; }

    public required int Cohorts { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>See <see cref="Row"/>. Without "required", because the JSON serializer does not ignore required properties.</summary>
    [JsonIgnore]
    public long Secret { get; init; }

    /// <summary>Whether links to the edition were mailed before editions had secrets.</summary>
    [JsonIgnore]
    public bool HasOldLinks { get; init; }

    /// <summary>The key that links use for the edition.</summary>
    [JsonIgnore]
    public RowKey Row => new(Id, Secret);
}

/// <summary>The states of an edition, as stored.</summary>
public static class EditionState
{
    public const string Planned = "planned";
    public const string Approved = "approved";
    public const string Sending = "sending";
    public const string Paused = "paused";
    public const string Sent = "sent";
    public const string Cancelled = "cancelled";
    public const string Missed = "missed";
}
