using Newsletter.Addresses;

namespace Newsletter.Mime;

/// <summary>What the header of a mail is made of. The same head and body give the same mail, octet for octet.</summary>
public sealed record MailHead
{
    public required SenderOptions Sender { get; init; }

    public required string To { get; init; }

    /// <summary>As the person typed it.</summary>
    public string? ToName { get; init; }

    public required string Subject { get; init; }

    public required DateTimeOffset Date { get; init; }

    /// <summary>Without angle brackets: <c>d42.s17@news.example.com</c>. The same when a delivery is tried again.</summary>
    public required string MessageId { get; init; }

    /// <summary>For one-click unsubscribing (RFC 8058), https; null for mails that belong to no list, and for tests.</summary>
    public string? UnsubscribeUrl { get; init; }

    /// <summary>For the sender's reports of mailbox providers: <c>e42:weekly:digest:newsletter</c>.</summary>
    public string? FeedbackId { get; init; }
}
