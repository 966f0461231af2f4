using System.Globalization;
using Newsletter.Subscribers;
using Newsletter.Zones;

namespace Newsletter.Web.Pages;

/// <summary>Preferences as a form holds them: as they were typed, so that a mistake can be shown and mended.</summary>
public sealed record PreferencesForm
{
    /// <summary>Maximum length of a line of topics, in characters: all topics a person may follow, with their separators.</summary>
    private const int Longest = Preferences.MaxTopics * (Preferences.MaxTopicLength + 2);

    private static readonly char[] Dividers = [',', ';', '\n'];

    public string? Name { get; init; }
    public string[]? Roles { get; init; }
    public string? OtherRoles { get; init; }
    public string?[]? Asked { get; init; }
    public string?[]? Meant { get; init; }
    public string? Topics { get; init; }
    public string? MutedTopics { get; init; }
    public string? Cadence { get; init; }
    public string? Weekday { get; init; }
    public string? Hour { get; init; }
    public string? Timezone { get; init; }

    /// <summary>The zone that was asked about, as it was typed.</summary>
    public string? ZoneAsked { get; init; }

    /// <summary>The answer: a place, or nothing yet.</summary>
    public string? ZoneMeant { get; init; }

    public string? Depth { get; init; }
    public string? TooFew { get; init; }
    public string? PausedUntil { get; init; }

    // An answer counts for what was asked: a zone that was typed since is another.
    private string ChosenZone => !string.IsNullOrEmpty(ZoneMeant) && Timezone?.Trim() == ZoneAsked ? ZoneMeant : Timezone ?? ZoneNames.Utc;

    /// <summary>What there is to ask before saving; null when the zone is clear, or the one stored.</summary>
    public ZoneQuestion? ZoneQuestion(string stored) => ChosenZone == stored ? null : Zones.ZoneQuestion.On(ChosenZone);

    public static PreferencesForm Of(Preferences preferences) => new()
    {
        Name = preferences.Name,
        Roles = preferences.Roles,
        Topics = string.Join(", ", preferences.Topics),
        MutedTopics = string.Join(", ", preferences.MutedTopics),
        Cadence = preferences.Cadence,
        Weekday = preferences.Weekday?.ToString(CultureInfo.InvariantCulture),
        Hour = preferences.Hour?.ToString(CultureInfo.InvariantCulture),
        Timezone = preferences.Timezone,
        Depth = preferences.Depth,
        TooFew = preferences.TooFew,
        PausedUntil = preferences.PausedUntil?.ToString("O", CultureInfo.InvariantCulture),
    };

    /// <param name="known">What the form does not show stays as it is.</param>
    /// <exception cref="Refusal">Invalid: something that is no number or date; the rest is for <see cref="Preferences.Checked"/>.</exception>
    public Preferences Over(Preferences known) => known with
    {
        Name = Name,
        Roles = RoleFields.Read(Roles, OtherRoles, Asked, Meant),
        Topics = Entries(Topics),
        MutedTopics = Entries(MutedTopics),
        Cadence = Cadence ?? "every",
        Weekday = Number(Weekday, "weekday"),
        Hour = Number(Hour, "hour"),
        Timezone = ChosenZone,
        Depth = Depth,
        TooFew = TooFew,
        PausedUntil = Date(PausedUntil),
    };

    /// <exception cref="Refusal">Invalid: the line is too long for topics.</exception>
    public static string[] Entries(string? text) => text?.Length > Longest
        ? throw Refusal.Invalid($"One of the lines of topics has more than {Longest} characters.")
        : (text ?? "").Split(Dividers, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static int? Number(string? text, string what) =>
        string.IsNullOrEmpty(text) ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw Refusal.Invalid($"The {what} is not a number: choose one of the list.");

    private static DateOnly? Date(string? text) =>
        string.IsNullOrEmpty(text) ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date
        : throw Refusal.Invalid("The end of the pause is not a date such as 2027-01-31.");
}
