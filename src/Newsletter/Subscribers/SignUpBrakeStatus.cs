using System.Globalization;

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
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"New sign-ups are held since {since:yyyy-MM-dd HH:mm} UTC, for many times more than usual came: {Held} wait, {LastHour} came in the last hour, and {Limit} are let through.")
        : string.Create(CultureInfo.InvariantCulture, $"{Held} sign-ups are held, for more came at once than is usual; new ones pass.");
}
