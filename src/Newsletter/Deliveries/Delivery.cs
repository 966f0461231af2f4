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

    /// <summary>The server said "later" (4xx), or was lost before the final dot: due again at a later time.</summary>
    public const string Deferred = "deferred";

    /// <summary>The server said "never" (5xx), or attempts ran out.</summary>
    public const string Failed = "failed";

    /// <summary>The connection was lost between the final dot and the answer: nobody knows whether it was sent.</summary>
    public const string Uncertain = "uncertain";

    /// <summary>Deliberately not sent; the reason says why.</summary>
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

    /// <summary>One sentence for people.</summary>
    public static string Describe(string? reason) => reason switch
    {
        NothingFits => "no unseen item fits this reader's roles",
        TooFew => "fewer unseen items fit than the digest's minimum",
        RolledOver => "fewer unseen items fit than the digest's minimum: they are kept for next time",
        Suppressed => "the address is suppressed",
        Unsubscribed => "the reader unsubscribed, or is no longer there",
        Cancelled => "the edition was cancelled",
        Missed => "the edition was missed: it was too late to send it",
        _ => "no reason was recorded",
    };
}

/// <summary>A delivery that its caller alone may send, until the lease ends.</summary>
public sealed record ClaimedDelivery
{
    public required long SubscriberId { get; init; }
    /// <summary>What it is made of, as the edition numbers it.</summary>
    public required byte[] Composition { get; init; }
}

/// <summary>A local hour at which some reader wants mail.</summary>
public sealed record WantedHour
{
    /// <summary>IANA.</summary>
    public required string Timezone { get; init; }

    /// <summary>0 to 23.</summary>
    public required short Hour { get; init; }
}

/// <summary>A delivery marked <c>sending</c>: this attempt belongs to the caller, who must record how it ended.</summary>
public sealed record DeliveryAttempt
{
    public required long SubscriberId { get; init; }
    /// <summary>What it is made of, as the edition numbers it.</summary>
    public required byte[] Composition { get; init; }

    /// <summary>From 1.</summary>
    public required short Attempt { get; init; }

    public required MailRecipient Recipient { get; init; }
}

/// <summary>Whom a mail is for.</summary>
/// <param name="Row">What its links name the subscriber by.</param>
/// <param name="Name">As the person typed it.</param>
public sealed record MailRecipient(RowKey Row, string Email, string? Name)
{
    /// <summary>Of a test or a preview: its links belong to nobody.</summary>
    public static MailRecipient Nobody(string email) => new(RowKey.Nobody, email, null);
}

/// <summary>
/// The account of an edition. Always: planned = sent + failed + uncertain + skipped + deferred + due,
/// where due includes what is claimed and being sent.
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
