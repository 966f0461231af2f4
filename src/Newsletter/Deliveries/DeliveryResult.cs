using System.Text;
using Newsletter.Smtp;

namespace Newsletter.Deliveries;

/// <summary>How an attempt ended.</summary>
public sealed record DeliveryResult
{
    private const int LongestReply = 500;

    public static readonly DeliveryResult Sent = new() { State = DeliveryState.Sent };

    /// <summary>sent, deferred, failed or uncertain; due when nothing was tried, and the attempt does not count.</summary>
    public required string State { get; init; }

    /// <summary>What the server said last, when it is worth keeping: text that any database takes, at most 500 characters.</summary>
    public string? Reply
    {
        get;
        init => field = value is null ? null : string.Concat(value.EnumerateRunes().Where(rune => !Rune.IsControl(rune)).Take(LongestReply));
    }

    /// <summary>What kind of ending it is, to be counted by: the numbers of a reply, or a few words. Never with an address.</summary>
    public string Class { get; init; } = "";

    /// <summary>There is no such mailbox: nothing is ever to be sent to it again.</summary>
    public bool IsHardBounce { get; init; }

    /// <summary>Refused for who we are or what we send, not for whom it is to: the next ones will be, too.</summary>
    public bool IsPolicy { get; init; }

    /// <summary>This reader's address is none: that says nothing of the next ones.</summary>
    public bool IsOnlyThisOne { get; init; }

    /// <summary>What the outcome at the relay means for a delivery.</summary>
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
