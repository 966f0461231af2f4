namespace Newsletter.Alarms;

/// <summary>A notification to operators, by mail and webhook. Never contains addresses of readers.</summary>
public sealed record Alarm
{
    /// <summary>One of <see cref="AlarmKind"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>Identifies the cause: <c>edition 5</c>. While an alarm of the same kind and cause is open, it is not raised again.</summary>
    public required string About { get; init; }

    /// <summary>Short headline, used as the subject of the mail.</summary>
    public required string Headline { get; init; }

    /// <summary>One sentence that describes the problem.</summary>
    public required string Sentence { get; init; }

    public required string ToDo { get; init; }

    /// <summary>Path of the page in this program with the details: <c>/editor/editions/5</c>.</summary>
    public required string Page { get; init; }
}

/// <summary>The kinds of alarms, as stored in the database and sent to the webhook.</summary>
public static class AlarmKind
{
    /// <summary>An edition had not started two minutes after its scheduled time, or it was missed.</summary>
    public const string EditionLate = "edition-late";

    /// <summary>An edition was paused automatically, because mail was refused repeatedly.</summary>
    public const string EditionPaused = "edition-paused";

    /// <summary>The relay has been unreachable for 10 minutes.</summary>
    public const string RelayAway = "relay-away";

    /// <summary>The database was restored from a copy, and sending is blocked until an operator confirms it.</summary>
    public const string Restored = "restored";

    /// <summary>More sign-ups arrived than usual. They are held until an operator decides.</summary>
    public const string SignUpsHeld = "sign-ups-held";
}
