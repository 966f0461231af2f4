using Newsletter.Links;

namespace Newsletter.Notices;

/// <summary>A mail to one person outside of editions, claimed for sending.</summary>
public sealed record Notice
{
    /// <summary>What links name this notice by.</summary>
    public required RowKey Row { get; init; }

    /// <summary>What links name the subscriber by.</summary>
    public required RowKey Subscriber { get; init; }

    /// <summary>One of <see cref="NoticeKind"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>From 1. Names this try: an answer to an earlier one is ignored.</summary>
    public required int Attempt { get; init; }

    /// <summary>As in <see cref="Addresses.EmailAddress.Value"/>.</summary>
    public required string Email { get; init; }

    /// <summary>What the link of a confirm names; else nobody.</summary>
    public RowKey SignUp { get; init; }

    /// <summary>Of a correction; else null.</summary>
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
    /// Rather lost than sent twice, when nobody knows whether it arrived. The others hold a link that somebody waits for.
    /// </summary>
    public static readonly string[] AtMostOnce = [Welcome, Goodbye, Correction];
}
