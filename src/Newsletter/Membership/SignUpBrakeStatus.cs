using System.Globalization;
using System.Text.Json.Serialization;

namespace Newsletter.Membership;

/// <summary>How many sign-ups arrive, and how many are held.</summary>
public sealed record SignUpBrakeStatus
{
    /// <summary>New sign-ups have been held since this time; null: they are not held.</summary>
    public required DateTimeOffset? Since { get; init; }

    /// <summary>Mails that wait for an operator.</summary>
    public required long Held { get; init; }

    /// <summary>Mails requested within the last hour, or since the last release if that is later.</summary>
    public required long LastHour { get; init; }

    /// <summary>New sign-ups are held from this number within an hour on.</summary>
    public required long Limit { get; init; }

    /// <summary>Sign-ups in the busiest hour of a usual day.</summary>
    public required long Usual { get; init; }

    [JsonIgnore]
    public bool IsQuiet => Since is null && Held == 0;

    /// <summary>One or two sentences for operators.</summary>
    [JsonIgnore]
    public string Sentence => Since is { } since
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"New sign-ups have been held since {since:yyyy-MM-dd HH:mm} UTC, because many more than usual arrived: "
            + $"{Amount.Of(Held, "is", "are")} waiting, {Amount.Of(LastHour)} arrived in the last hour, and the limit is {Amount.Of(Limit)} an hour.")
        : $"Sign-ups that wait for an operator: {Amount.Of(Held)}. New sign-ups are not held.";
}
