using Newsletter.Links;

namespace Newsletter.Deliveries;

/// <summary>
/// The states of a delivery, as stored: due → claimed → sending → sent, or deferred, failed, uncertain, skipped.
/// </summary>
public static class DeliveryState
{
    public const string Due = "due";
    public const string Claimed = "claimed";
    public const string Sending = "sending";
    public const string Sent = "sent";

    /// <summary>A transient refusal (4xx), or the connection was lost before the final dot: retried after a backoff.</summary>
    public const string Deferred = "deferred";

    /// <summary>A permanent refusal (5xx), or the retries ran out.</summary>
    public const string Failed = "failed";

    /// <summary>The connection was lost between the final dot and the reply: the mail may or may not have been sent.</summary>
    public const string Uncertain = "uncertain";

    /// <summary>Deliberately not sent; the reason column has the cause.</summary>
    public const string Skipped = "skipped";
}

/// <summary>Why a delivery was skipped, as stored.</summary>
public static class SkipReason
{
    public const string NothingFits = "nothing_fits";
    public const string TooFew = "too_few";
    public const string RolledOver = "rolled_over";
    public const string Suppressed = "suppressed";
    public const string Unsubscribed = "unsubscribed";
    public const string Cancelled = "cancelled";
    public const string Missed = "missed";

    /// <summary>A sentence for editors and readers.</summary>
    public static string Describe(string? reason) => reason switch
    {
        NothingFits => "no unseen item fits this reader's roles",
        TooFew => "fewer unseen items fit than the digest's minimum",
        RolledOver => "fewer unseen items fit than the digest's minimum: the items are kept for the next edition",
        Suppressed => "the address is suppressed",
        Unsubscribed => "the reader unsubscribed or was deleted",
        Cancelled => "the edition was cancelled",
        Missed => "the edition was missed: it was too late to send it",
        _ => "no reason was recorded",
    };
}

/// <summary>A delivery that only the claiming worker may send, until its lease ends.</summary>
public sealed record ClaimedDelivery
{
    public required long SubscriberId { get; init; }
    /// <summary>The edition's choice numbers; see <c>Composition</c>.</summary>
    public required byte[] Composition { get; init; }
}

/// <summary>A local hour at which at least one reader wants mail.</summary>
public sealed record WantedHour
{
    /// <summary>IANA name.</summary>
    public required string Timezone { get; init; }

    /// <summary>0 to 23.</summary>
    public required short Hour { get; init; }
}

/// <summary>A delivery marked <c>sending</c>. The caller owns the attempt and must record its result.</summary>
public sealed record DeliveryAttempt
{
    public required long SubscriberId { get; init; }
    /// <summary>The edition's choice numbers; see <c>Composition</c>.</summary>
    public required byte[] Composition { get; init; }

    /// <summary>From 1.</summary>
    public required short Attempt { get; init; }

    public required MailRecipient Recipient { get; init; }
}

/// <summary>The recipient of a mail.</summary>
/// <param name="Row">The subscriber's key in links.</param>
/// <param name="Name">The name as typed by the subscriber.</param>
public sealed record MailRecipient(RowKey Row, string Email, string? Name)
{
    /// <summary>The recipient of a test or preview: its links belong to no subscriber.</summary>
    public static MailRecipient Nobody(string email) => new(RowKey.Nobody, email, null);
}

/// <summary>
/// The account of an edition. Invariant: planned = sent + failed + uncertain + skipped + deferred + due,
/// where due includes claimed and sending.
/// </summary>
public sealed record DeliveryAccount
{
    public required long Planned { get; init; }
    public required long Sent { get; init; }
    public required long Failed { get; init; }
    public required long Uncertain { get; init; }
    public required long Skipped { get; init; }
    public required long Deferred { get; init; }
    public required long Due { get; init; }
}
