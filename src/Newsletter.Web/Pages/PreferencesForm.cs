using System.Globalization;
using Newsletter.Subscribers;
using Newsletter.Zones;

namespace Newsletter.Web.Pages;

/// <summary>
/// Preferences as a form holds them: as they were typed, so that a mistake can be shown and mended. What was shown and not touched is
/// left to the letter, also where the page shows it in another form.
/// </summary>
public sealed record PreferencesForm
{
    [AsSent] public string? Name { get; init; }
    public string[]? Roles { get; init; }
    [AsSent] public string? OtherRoles { get; init; }
    public string?[]? Asked { get; init; }
    public Dictionary<int, string?>? Meant { get; init; }

    /// <summary>See <see cref="TopicLines"/>.</summary>
    [AsSent] public string? Topics { get; init; }

    [AsSent] public string? MutedTopics { get; init; }
    [AsSent] public string? Cadence { get; init; }
    [AsSent] public string? Weekday { get; init; }
    [AsSent] public string? Hour { get; init; }
    [AsSent] public string? Timezone { get; init; }

    /// <summary>The zone that was asked about, as it was typed.</summary>
    public string? ZoneAsked { get; init; }

    /// <summary>The answer: a place, or nothing yet.</summary>
    public string? ZoneMeant { get; init; }

    [AsSent] public string? Depth { get; init; }
    [AsSent] public string? TooFew { get; init; }
    [AsSent] public string? PausedUntil { get; init; }

    public RoleForm RoleForm => new(Roles, OtherRoles, Asked, Meant);

    // An answer counts for what was asked: a zone that was typed since is another.
    private string ChosenZone => !string.IsNullOrEmpty(ZoneMeant) && Timezone?.Trim() == ZoneAsked ? ZoneMeant : Timezone ?? "";

    /// <summary>What there is to ask before saving; null when the zone is clear, or the one stored.</summary>
    public ZoneQuestion? ZoneQuestion(string stored) => ChosenZone == stored ? null : Zones.ZoneQuestion.On(ChosenZone);

    public static PreferencesForm Of(Preferences preferences) => new()
    {
        Name = preferences.Name,
        Roles = preferences.Roles,
        Topics = TopicLines.Of(preferences.Topics),
        MutedTopics = TopicLines.Of(preferences.MutedTopics),
        Cadence = preferences.Cadence,
        Weekday = preferences.Weekday?.ToString(CultureInfo.InvariantCulture),
        Hour = preferences.Hour?.ToString(CultureInfo.InvariantCulture),
        Timezone = preferences.Timezone,
        Depth = preferences.Depth,
        TooFew = preferences.TooFew ?? "skip",
        PausedUntil = preferences.PausedUntil?.ToString("O", CultureInfo.InvariantCulture),
    };

    /// <param name="known">What the form does not have, or leaves as it was shown, stays as it is.</param>
    /// <exception cref="Refusal">Invalid: something that is no number or date; the rest is for <see cref="Preferences.Checked"/>.</exception>
    public Preferences Over(Preferences known)
    {
        var shown = Of(known);
        return known with
        {
            Name = Read(Name, shown.Name, known.Name, name => name),
            Roles = RoleForm.Read(known.Roles),
            Topics = Read(Topics, shown.Topics, known.Topics, text => TopicLines.Read(text, nameof(Topics))),
            MutedTopics = Read(MutedTopics, shown.MutedTopics, known.MutedTopics, text => TopicLines.Read(text, nameof(MutedTopics))),
            Cadence = Read(Cadence, shown.Cadence, known.Cadence, cadence => cadence),
            Weekday = Read(Weekday, shown.Weekday, known.Weekday, text => Number(text, nameof(Weekday))),
            Hour = Read(Hour, shown.Hour, known.Hour, text => Number(text, nameof(Hour))),
            Timezone = Read(Timezone, shown.Timezone, known.Timezone, _ => ChosenZone),
            Depth = Read(Depth, shown.Depth, known.Depth, depth => depth),
            TooFew = Read(TooFew, shown.TooFew, known.TooFew, policy => policy),
            PausedUntil = Read(PausedUntil, shown.PausedUntil, known.PausedUntil, Date),
        };
    }

    private static T Read<T>(string? sent, string? shown, T stored, Func<string, T> read) =>
        sent is null || sent.ReplaceLineEndings("\n") == (shown ?? "") ? stored : read(sent);

    private static int? Number(string text, string field) =>
        text.Length == 0 ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw Refusal.Invalid($"The {field.ToLowerInvariant()} is not a number: choose one of the list.").About(field);

    private static DateOnly? Date(string text) =>
        text.Length == 0 ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date
        : throw Refusal.Invalid("The end of the pause is not a date such as 2027-01-31.").About(nameof(PausedUntil));
}
