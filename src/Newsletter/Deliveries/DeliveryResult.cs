using System.Text;
using Newsletter.Smtp;

namespace Newsletter.Deliveries;

/// <summary>The result of a delivery attempt.</summary>
public sealed record DeliveryResult
{
    private const int LongestReply = 500;

    public static readonly DeliveryResult Sent = new() { State = DeliveryState.Sent };

    /// <summary>sent, deferred, failed or uncertain; due if nothing was tried, in which case the attempt does not count.</summary>
    public required string State { get; init; }

    /// <summary>The server's last reply if worth keeping, without control characters; at most 500 characters.</summary>
    public string? Reply
    {
        get;
        init => field = value is null ? null : string.Concat(value.EnumerateRunes().Where(rune => !Rune.IsControl(rune)).Take(LongestReply));
    }

    /// <summary>Group for counting results: a reply code, or a few words. Never contains an address.</summary>
    public string Class { get; init; } = "";

    /// <summary>The mailbox does not exist: the address is suppressed.</summary>
    public bool IsHardBounce { get; init; }

    /// <summary>Refused because of the sender or the content, not the recipient: further mails will be refused too.</summary>
    public bool IsPolicy { get; init; }

    /// <summary>This reader's address is invalid, which says nothing about other recipients.</summary>
    public bool IsOnlyThisOne { get; init; }

    /// <summary>Maps the outcome at the relay to a delivery result.</summary>
    internal static DeliveryResult Of(SmtpOutcome outcome) => outcome.Kind == SmtpOutcomeKind.Accepted ? Sent : new DeliveryResult
    {
        State = outcome.Kind switch
        {
            SmtpOutcomeKind.Refused => DeliveryState.Failed,
            SmtpOutcomeKind.Uncertain => DeliveryState.Uncertain,
            SmtpOutcomeKind.NotTried => DeliveryState.Due,
            _ => DeliveryState.Deferred,
        },
        Reply = outcome.Text,
        Class = outcome.Class,
        IsHardBounce = outcome.IsBadAddress,
        IsPolicy = outcome.IsPolicy,
    };

    /// <param name="why">A sentence.</param>
    internal static DeliveryResult Untried(string why) => new() { State = DeliveryState.Due, Reply = why };

    internal static DeliveryResult Deferred(string why) => new() { State = DeliveryState.Deferred, Reply = why, Class = "not ready" };

    internal static DeliveryResult Failed(string why) => new() { State = DeliveryState.Failed, Reply = why, Class = "not made" };

    internal static DeliveryResult Uncertain(string why) => new() { State = DeliveryState.Uncertain, Reply = why, Class = "no answer" };
}
