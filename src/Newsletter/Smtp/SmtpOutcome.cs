namespace Newsletter.Smtp;

/// <summary>How handing a mail to a relay ended.</summary>
internal enum SmtpOutcomeKind
{
    /// <summary>The server has it: 250 after the final dot.</summary>
    Accepted,

    /// <summary>Never (5xx).</summary>
    Refused,

    /// <summary>Later (4xx).</summary>
    Deferred,

    /// <summary>The connection was lost before the final dot: the server has nothing.</summary>
    Lost,

    /// <summary>The connection was lost after the final dot: nobody knows whether the server has it.</summary>
    Uncertain,

    /// <summary>The relay could not be used at all, which says nothing of the mail.</summary>
    NotTried,
}

/// <summary>How handing a mail to a relay ended, and what the server said.</summary>
internal sealed record SmtpOutcome
{
    public static readonly SmtpOutcome Accepted = new() { Kind = SmtpOutcomeKind.Accepted, Text = "" };

    public required SmtpOutcomeKind Kind { get; init; }

    /// <summary>For people: the reply that decided, or what happened. A whole sentence when it was not tried; empty when all went well.</summary>
    public required string Text { get; init; }

    /// <summary>To be counted by: the numbers of the reply, or a few words. Never with an address.</summary>
    public string Class { get; private init; } = "";

    /// <summary>There is no such mailbox.</summary>
    public bool IsBadAddress { get; private init; }

    /// <summary>Refused for who we are or what we send, not for whom it is to: the next ones will be, too.</summary>
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

    /// <param name="why">A sentence.</param>
    public static SmtpOutcome NotTried(string why) => new() { Kind = SmtpOutcomeKind.NotTried, Text = why };
}
