namespace Newsletter.Alarms;

/// <summary>What operators are told of: by mail, and by the webhook. Never with addresses of readers.</summary>
public sealed record Alarm
{
    /// <summary>One of <see cref="AlarmKind"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>Its cause is known by this: <c>edition 5</c>. While one of this kind about it is open, it is not raised again.</summary>
    public required string About { get; init; }

    /// <summary>A few words: the subject of the mail.</summary>
    public required string Headline { get; init; }

    /// <summary>What is wrong.</summary>
    public required string Sentence { get; init; }

    public required string ToDo { get; init; }

    /// <summary>Of our own, where to look: <c>/editor/editions/5</c>.</summary>
    public required string Page { get; init; }
}

/// <summary>The kinds of alarm, as stored and as a webhook gets them.</summary>
public static class AlarmKind
{
    /// <summary>Two minutes after its time it has not begun, or it was missed.</summary>
    public const string EditionLate = "edition-late";

    /// <summary>By itself, since mail was refused again and again.</summary>
    public const string EditionPaused = "edition-paused";

    /// <summary>For ten minutes.</summary>
    public const string RelayAway = "relay-away";

    /// <summary>The database is a copy, and sending is held until an operator has looked.</summary>
    public const string Restored = "restored";

    /// <summary>More sign-ups arrived than usual. They wait for an operator.</summary>
    public const string SignUpsHeld = "sign-ups-held";
}
