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

    /// <summary>Of its digest: see <see cref="Digest.Language"/>.</summary>
    public string Language { get; init; } = "en";

    /// <summary>The time the schedule names; null when planned by hand.</summary>
    public DateTimeOffset? OccurrenceAt { get; init; }

    /// <summary>One of <see cref="EditionState"/>.</summary>
    public required string State { get; init; }

    /// <summary>Hexadecimal SHA-256 over everything that decided the plan; what an approval is of. See <see cref="PlanInputs"/>.</summary>
    public string? PlanHash { get; init; }

    public DateTimeOffset? PlannedAt { get; init; }
    public DateTimeOffset? ApprovedAt { get; init; }
    public string? ApprovedBy { get; init; }

    /// <summary>When sending begins; null waits for somebody to say.</summary>
    public DateTimeOffset? SendAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Why it is paused, failed, cancelled or missed, or what it waits for.</summary>
    public string? Note { get; init; }

    /// <summary>The editor's subject for all mails; null: each mail's is made of its first item.</summary>
    public string? Subject { get; init; }

    /// <summary>What the editor says before the items, paragraphs divided by a blank line.</summary>
    public string? Intro { get; init; }

    /// <summary><c>public</c> or <c>none</c>: whether everybody may see it once it is sent.</summary>
    public required string Archive { get; init; }

    /// <summary>People planned for.</summary>
    public required int Subscribers { get; init; }

    public required int Cohorts { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>See <see cref="Row"/>. Not "required", which JSON does not ignore.</summary>
    [JsonIgnore]
    public long Secret { get; init; }

    /// <summary>Whether links to it were mailed before editions had secrets.</summary>
    [JsonIgnore]
    public bool HasOldLinks { get; init; }

    /// <summary>What links name it by.</summary>
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
