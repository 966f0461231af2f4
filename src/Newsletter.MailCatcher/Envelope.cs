namespace Newsletter.MailCatcher;

/// <summary>The error reply to a rejected command.</summary>
internal readonly record struct Objection(int Code, string Text);

/// <summary>The current mail transaction: sender and recipients from MAIL and RCPT (RFC 5321 section 3.3).</summary>
internal sealed class Envelope
{
    private readonly List<string> recipients = [];
    private bool isUtf8;

    /// <summary>Null before MAIL; empty for the null sender of a bounce.</summary>
    public string? Sender { get; private set; }

    public IReadOnlyList<string> Recipients => recipients;

    /// <summary>The objection to a sender; null if it is accepted.</summary>
    public Objection? ToSender(MailPath? path) =>
        Sender is not null ? new(503, "5.5.1 One mail at a time")
        : path is null ? new(501, "5.1.7 No sender in angle brackets")
        : path.Parameters.FirstOrDefault(parameter => !IsKnown(parameter)) is { } unknown ? Unknown(unknown)
        : !path.IsAscii && !path.Has("SMTPUTF8") ? NeedsUtf8
        : null;

    /// <summary>The objection to a recipient; null if it is accepted.</summary>
    public Objection? ToRecipient(MailPath? path) =>
        Sender is null ? new(503, "5.5.1 MAIL first")
        : path is null ? new(501, "5.1.3 No recipient in angle brackets")
        : path.Parameters.Length > 0 ? Unknown(path.Parameters[0])
        : !path.IsAscii && !isUtf8 ? NeedsUtf8
        : null;

    public void Begin(MailPath path)
    {
        Sender = path.Address;
        isUtf8 = path.Has("SMTPUTF8");
    }

    public void Add(MailPath path) => recipients.Add(path.Address);

    public void Clear()
    {
        Sender = null;
        isUtf8 = false;
        recipients.Clear();
    }

    private static Objection NeedsUtf8 => new(553, "5.6.7 Such an address needs SMTPUTF8");

    private static Objection Unknown(string parameter) => new(555, $"5.5.4 Unknown parameter {parameter}");

    private static bool IsKnown(string parameter) =>
        parameter.ToUpperInvariant() is "SMTPUTF8" or "BODY=7BIT" or "BODY=8BITMIME"
        || parameter.StartsWith("SIZE=", StringComparison.OrdinalIgnoreCase)
        || parameter.StartsWith("AUTH=", StringComparison.OrdinalIgnoreCase);
}
