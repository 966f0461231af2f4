namespace Newsletter.Subscribers;

/// <summary>How many sign-ups there are, and how many wait.</summary>
public sealed record SignUpBrakeStatus
{
    /// <summary>Since when new sign-ups are held; null: they are not.</summary>
    public required DateTimeOffset? Since { get; init; }

    /// <summary>Mails that wait for an operator.</summary>
    public required long Held { get; init; }

    /// <summary>Asked for within the last hour, or since the last release.</summary>
    public required long LastHour { get; init; }

    /// <summary>From so many within an hour on new ones are held.</summary>
    public required long Limit { get; init; }

    /// <summary>In the busiest hour of a usual day.</summary>
    public required long Usual { get; init; }

    public bool IsQuiet => Since is null && Held == 0;

    /// <summary>What operators are told: one sentence or two.</summary>
    public string Sentence => Since is { } since
        ? FormattableString.Invariant($"Since {since:yyyy-MM-dd HH:mm} UTC new sign-ups are held, since there were many times more than usual: {Held} wait, {LastHour} came in the last hour, and {Limit} are let through.")
        : FormattableString.Invariant($"{Held} sign-ups are held, since more came at once than is usual; new ones pass.");
}
