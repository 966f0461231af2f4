using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Newsletter.Subscribers;
using Newsletter.Web.Forms;
using Newsletter.Zones;

namespace Newsletter.Web.Pages.Reader;

/// <summary>
/// Form fields of the preferences page, as submitted, so that a refused form shows the same values again. Unchanged fields keep the
/// stored value exactly, even if the page formats it differently.
/// </summary>
public sealed record PreferencesForm
{
    // Razor escapes it for HTML.
    private static readonly JsonSerializerOptions Json = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [KeepEmpty] public string? Name { get; init; }
    public string[]? Roles { get; init; }
    [KeepEmpty] public string? OtherRoles { get; init; }
    public string?[]? Asked { get; init; }
    public Dictionary<string, string?>? Meant { get; init; }

    /// <summary>See <see cref="TopicLines"/>.</summary>
    [KeepEmpty] public string? Topics { get; init; }

    [KeepEmpty] public string? MutedTopics { get; init; }
    [KeepEmpty] public string? Cadence { get; init; }
    [KeepEmpty] public string? Weekday { get; init; }
    [KeepEmpty] public string? Hour { get; init; }
    [KeepEmpty] public string? Timezone { get; init; }

    /// <summary>The zone that the form asked about, as typed.</summary>
    public string? ZoneAsked { get; init; }

    /// <summary>The answer: a place; empty if there is none yet.</summary>
    public string? ZoneMeant { get; init; }

    [KeepEmpty] public string? Depth { get; init; }
    [KeepEmpty] public string? TooFew { get; init; }
    [KeepEmpty] public string? PausedUntil { get; init; }

    /// <summary>
    /// The values that the page rendered, as JSON. A field equal to its rendered value is unchanged, so a form from a stale page does
    /// not overwrite a concurrent change. If it is missing or invalid, fields are compared with the stored values.
    /// </summary>
    public string? Shown { get; init; }

    [JsonIgnore]
    public RoleForm RoleForm => new(Roles, OtherRoles, Asked, Meant);

    // An answer counts only for the zone that was asked about, not for one typed later.
    private string ChosenZone => !string.IsNullOrEmpty(ZoneMeant) && Timezone?.Trim() == ZoneAsked ? ZoneMeant : Timezone ?? "";

    /// <summary>The question to ask before saving; null if the zone is unambiguous or unchanged.</summary>
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

    /// <summary>For <see cref="Shown"/>.</summary>
    public string ToJson() => JsonSerializer.Serialize(this with { Shown = null }, Json);

    /// <param name="known">The stored values. Fields that are missing or unchanged keep them.</param>
    /// <exception cref="Refusal">Invalid: not a number or date. <see cref="Preferences.Checked"/> checks everything else.</exception>
    public Preferences Over(Preferences known)
    {
        var shown = WasShown() ?? Of(known);
        return known with
        {
            Name = Read(Name, shown.Name, known.Name),
            Roles = RoleForm.Read(known.Roles, shown.Roles),
            Topics = Read(Topics, shown.Topics, known.Topics, text => TopicLines.Read(text, known.Topics, nameof(Topics))),
            MutedTopics = Read(MutedTopics, shown.MutedTopics, known.MutedTopics, text => TopicLines.Read(text, known.MutedTopics, nameof(MutedTopics))),
            Cadence = Read(Cadence, shown.Cadence, known.Cadence)!,
            Weekday = Read(Weekday, shown.Weekday, known.Weekday, text => Number(text, nameof(Weekday))),
            Hour = Read(Hour, shown.Hour, known.Hour, text => Number(text, nameof(Hour))),
            Timezone = Read(Timezone, shown.Timezone, known.Timezone, _ => Zone()),
            Depth = Read(Depth, shown.Depth, known.Depth),
            TooFew = Read(TooFew, shown.TooFew, known.TooFew),
            PausedUntil = Read(PausedUntil, shown.PausedUntil, known.PausedUntil, Date),
        };
    }

    // An empty zone would be stored as UTC and so change the local delivery hour.
    private string Zone() => !string.IsNullOrWhiteSpace(ChosenZone) ? ChosenZone
        : throw Refusal.Invalid("Give your time zone, such as Europe/Berlin, or UTC.").About(nameof(Timezone));

    private PreferencesForm? WasShown()
    {
        try
        {
            return Shown is null ? null : JsonSerializer.Deserialize<PreferencesForm>(Shown, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Read(string? sent, string? shown, string? stored) => Read(sent, shown, stored, text => text);

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
