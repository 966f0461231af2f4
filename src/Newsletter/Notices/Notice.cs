using Newsletter.Links;

namespace Newsletter.Notices;

/// <summary>A mail to one person outside of editions, claimed for sending.</summary>
public sealed record Notice
{
    /// <summary>Id and secret that identify this notice in links.</summary>
    public required RowKey Row { get; init; }

    /// <summary>Id and secret that identify the subscriber in links.</summary>
    public required RowKey Subscriber { get; init; }

    /// <summary>One of <see cref="NoticeKind"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>From 1. Identifies this attempt: the result of an earlier one is ignored.</summary>
    public required int Attempt { get; init; }

    /// <summary>As in <see cref="Addresses.EmailAddress.Value"/>.</summary>
    public required string Email { get; init; }

    /// <summary>The sign-up that the link of a <c>confirm</c> notice names; empty for other kinds.</summary>
    public RowKey SignUp { get; init; }

    /// <summary>For a correction; otherwise null.</summary>
    public long? CorrectionId { get; init; }
}

/// <summary>The kinds of notices, as stored.</summary>
public static class NoticeKind
{
    public const string Confirm = "confirm";
    public const string Preferences = "preferences";
    public const string Welcome = "welcome";
    public const string Goodbye = "goodbye";
    public const string Export = "export";
    public const string Erase = "erase";
    public const string Correction = "correction";

    /// <summary>
    /// If it is unknown whether such a notice arrived, it is not sent again. The other kinds contain a link that the reader requested, so they are
    /// retried.
    /// </summary>
    public static readonly string[] AtMostOnce = [Welcome, Goodbye, Correction];
}
