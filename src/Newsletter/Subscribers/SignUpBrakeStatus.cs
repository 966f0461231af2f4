using System.Globalization;
using System.Text.Json.Serialization;

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

    [JsonIgnore]
    public bool IsQuiet => Since is null && Held == 0;

    /// <summary>What operators are told: one sentence or two.</summary>
    [JsonIgnore]
    public string Sentence => Since is { } since
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"New sign-ups have been held since {since:yyyy-MM-dd HH:mm} UTC, because many more than usual arrived: {Amount.Of(Held, "is", "are")} waiting, {Amount.Of(LastHour)} arrived in the last hour, and the limit is {Amount.Of(Limit)} an hour.")
        : $"Sign-ups that wait for an operator: {Amount.Of(Held)}. New sign-ups are not held.";
}
