namespace Newsletter.Smtp;

/// <summary>The outcome of sending a mail to a relay.</summary>
internal enum SmtpOutcomeKind
{
    /// <summary>The server accepted the mail: 250 after the final dot.</summary>
    Accepted,

    /// <summary>Rejected permanently (5xx).</summary>
    Refused,

    /// <summary>Rejected temporarily (4xx).</summary>
    Deferred,

    /// <summary>The connection was lost before the final dot: the server does not have the mail.</summary>
    Lost,

    /// <summary>The connection was lost after the final dot: it is unknown whether the server has the mail.</summary>
    Uncertain,

    /// <summary>The relay could not be used at all; this says nothing about the mail.</summary>
    NotTried,
}

/// <summary>The outcome of sending a mail to a relay, and what the server said.</summary>
internal sealed record SmtpOutcome
{
    public static readonly SmtpOutcome Accepted = new() { Kind = SmtpOutcomeKind.Accepted, Text = "" };

    public required SmtpOutcomeKind Kind { get; init; }

    /// <summary>For people: the decisive reply, or what happened. A complete sentence when it was not tried; empty when it was accepted.</summary>
    public required string Text { get; init; }

    /// <summary>For counting: the codes of the reply, or a few words. Never contains an address.</summary>
    public string Class { get; private init; } = "";

    /// <summary>The mailbox does not exist.</summary>
    public bool IsBadAddress { get; private init; }

    /// <summary>Refused because of the sender or the content, not because of the recipient: the next mails will be refused too.</summary>
    public bool IsPolicy { get; private init; }

    /// <summary>What a reply means at its step (RFC 5321, 4.2.1).</summary>
    public static SmtpOutcome Of(SmtpStep step, SmtpReply reply) => reply.IsPositive ? Accepted : new SmtpOutcome
    {
        Kind = reply.IsTransient ? SmtpOutcomeKind.Deferred : SmtpOutcomeKind.Refused,
        Text = reply.ToString(),
        Class = reply.Class,
        IsBadAddress = step == SmtpStep.Rcpt && reply.IsBadAddress,
        IsPolicy = reply.IsPolicy,
    };

    public static SmtpOutcome Lost(string why) =>
        new() { Kind = SmtpOutcomeKind.Lost, Text = $"the connection was lost ({why})", Class = "connection lost" };

    public static SmtpOutcome Uncertain(string why) =>
        new() { Kind = SmtpOutcomeKind.Uncertain, Text = $"the connection was lost after the final dot ({why})", Class = "no answer" };

    /// <param name="why">A complete sentence.</param>
    public static SmtpOutcome NotTried(string why) => new() { Kind = SmtpOutcomeKind.NotTried, Text = why };
}
