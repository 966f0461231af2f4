using Newsletter.Addresses;

namespace Newsletter.Mime;

/// <summary>Input for the header of a mail. The same head and body give the same mail, byte for byte.</summary>
public sealed record MailHead
{
    public required SenderOptions Sender { get; init; }

    public required string To { get; init; }

    /// <summary>Display name as the person typed it: untrusted.</summary>
    public string? ToName { get; init; }

    public required string Subject { get; init; }

    public required DateTimeOffset Date { get; init; }

    /// <summary>Without angle brackets: <c>d42.s17@news.example.com</c>. Retries of a delivery use the same one.</summary>
    public required string MessageId { get; init; }

    /// <summary>https URL for one-click unsubscribing (RFC 8058); null for mails outside a list and for test mails.</summary>
    public string? UnsubscribeUrl { get; init; }

    /// <summary>Feedback-ID, used in mailbox providers' reports to the sender: <c>e42:weekly:digest:newsletter</c>.</summary>
    public string? FeedbackId { get; init; }
}
