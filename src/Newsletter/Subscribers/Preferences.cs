using System.Collections.Concurrent;
using Newsletter.Roles;
using Newsletter.Zones;

namespace Newsletter.Subscribers;

/// <summary>The preferences of a subscriber. The initial values are the defaults.</summary>
public sealed record Preferences
{
    private const int FirstYear = 2000;
    private const int LastYear = 2999;
    private const int MaxName = 200;

    /// <summary>Per person.</summary>
    public const int MaxRoles = 50;

    /// <summary>Per person: this many followed topics, and this many muted topics.</summary>
    public const int MaxTopics = 50;

    public const int MaxTopicLength = 100;

    // A cache of valid roles: an import of a million rows has only a few hundred different labels, and normalising one takes microseconds.
    private const int MaxValidRoles = 10_000;
    private static readonly ConcurrentDictionary<string, bool> ValidRoles = new();

    public static readonly IReadOnlyList<string> Cadences = ["every", "daily", "weekly", "monthly", "paused"];
    public static readonly IReadOnlyList<string> Depths = ["brief", "standard", "full"];
    public static readonly IReadOnlyList<string> TooFewPolicies = ["skip", "widen", "roll_over"];

    /// <summary>One of <see cref="Cadences"/>: the minimum time between two mails.</summary>
    public string Cadence { get; init; } = "every";

    /// <summary>At most 200 characters.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// Role labels, at most 50, each valid for <see cref="RoleLabel.Clean"/>. From the database they come in the spelling stored first.
    /// </summary>
    public string[] Roles { get; init; } = [];

    /// <summary>At most 50 topics of at most 100 characters; letter case does not count, as in <see cref="MutedTopics"/>.</summary>
    public string[] Topics { get; init; } = [];

    public string[] MutedTopics { get; init; } = [];

    /// <summary>0 (Sunday) to 6, as <see cref="DayOfWeek"/>; for weekly cadence.</summary>
    public int? Weekday { get; init; }

    /// <summary>IANA zone.</summary>
    public string Timezone { get; init; } = "UTC";

    /// <summary>The local hour at which mail is wanted, 0 to 23. Null: as soon as there is mail.</summary>
    public int? Hour { get; init; }

    /// <summary>One of <see cref="Depths"/>; null: depends on the role.</summary>
    public string? Depth { get; init; }

    /// <summary>One of <see cref="TooFewPolicies"/>, when fewer items fit than the digest's minimum; null: skip.</summary>
    public string? TooFew { get; init; }

    /// <summary>BCP 47, lower case.</summary>
    public string? Language { get; init; }

    /// <summary>The first day on which mail is wanted again; a year from 2000 to 2999.</summary>
    public DateOnly? PausedUntil { get; init; }

    /// <summary>The preferences, trimmed, without duplicates, blank values as null.</summary>
    /// <exception cref="Refusal">Invalid, with the rule that is violated.</exception>
    public Preferences Checked() => CheckedOver(null);

    /// <param name="stored">The stored preferences: a zone, a topic or a role that did not change is not checked again.</param>
    /// <exception cref="Refusal">Invalid, with the rule that is violated.</exception>
    public Preferences CheckedOver(Preferences? stored)
    {
        var topics = Entries(Topics, stored?.Topics ?? [], "topics followed", nameof(Topics));
        var muted = Entries(MutedTopics, stored?.MutedTopics ?? [], "topics muted", nameof(MutedTopics));
        if (topics.Intersect(muted, StringComparer.OrdinalIgnoreCase).FirstOrDefault() is { } both)
        {
            throw Refusal.Invalid($"The topic '{both}' is both followed and muted: choose one.").About(nameof(MutedTopics));
        }

        if (Weekday is < 0 or > 6)
        {
            throw Refusal.Invalid("The weekday must be 0 (Sunday) to 6 (Saturday).").About(nameof(Weekday));
        }

        if (Hour is < 0 or > 23)
        {
            throw Refusal.Invalid("The hour must be 0 to 23.").About(nameof(Hour));
        }

        if (PausedUntil is { Year: < FirstYear or > LastYear })
        {
            throw Refusal.Invalid($"The day on which a pause ends must be in the years {FirstYear} to {LastYear}.").About(nameof(PausedUntil));
        }

        return this with
        {
            Name = CheckedName(stored?.Name),
            Roles = CheckedRoles(stored?.Roles ?? []),
            Topics = topics,
            MutedTopics = muted,
            Cadence = Choice(Cadence, Cadences, "cadence", nameof(Cadence)) ?? "every",
            Timezone = CheckedZone(stored?.Timezone),
            Depth = Choice(Depth, Depths, "depth", nameof(Depth)),
            TooFew = Choice(TooFew, TooFewPolicies, "too_few", nameof(TooFew)),
            Language = CheckedLanguage(),
        };
    }

    /// <summary>A stored pause may be over; a new one must end in the future.</summary>
    /// <exception cref="Refusal">Invalid: the pause would already be over.</exception>
    internal void CheckPause(DateOnly? stored, DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(Zone.Of(Timezone).Local(now).DateTime);
        if (PausedUntil != stored && PausedUntil <= today)
        {
            throw Refusal.Invalid("The pause would already be over: choose a future day, or leave it empty for no pause.").About(nameof(PausedUntil));
        }
    }

    private string[] CheckedRoles(string[] stored)
    {
        // The number is checked first, because normalising each role takes time.
        var given = Roles.Where(r => !string.IsNullOrWhiteSpace(r)).Distinct(StringComparer.OrdinalIgnoreCase).Take(MaxRoles + 1).ToList();
        return given.Count <= MaxRoles
            ? [.. given.Select(role => stored.Contains(role) ? role : CheckedRole(role)).Distinct(StringComparer.OrdinalIgnoreCase)]
            : throw Refusal.Invalid($"There are more than {MaxRoles} roles.").About(nameof(Roles));
    }

    private static string CheckedRole(string role)
    {
        if (ValidRoles.ContainsKey(role))
        {
            return role;
        }

        var clean = Refusal.Reading(nameof(Roles), () => RoleLabel.Clean(role));
        if (clean.Contains(';'))
        {
            throw Refusal.Invalid("A role contains a semicolon: give each role separately.").About(nameof(Roles));
        }

        Refusal.Reading(nameof(Roles), () => RoleLabel.Normalise(clean));
        if (ValidRoles.Count < MaxValidRoles)
        {
            ValidRoles.TryAdd(clean, true);
        }

        return clean;
    }

    private string? CheckedName(string? stored)
    {
        var name = SingleLine.Trim(Name ?? "");
        return Name == stored ? stored
            : name.Length == 0 ? null
            : SingleLine.Problem(name, MaxName) is { } problem ? throw Refusal.Invalid($"The name {problem}.").About(nameof(Name))
            : name;
    }

    private string CheckedZone(string? stored)
    {
        var zone = SingleLine.Trim(Timezone);
        return zone.Length == 0 ? ZoneNames.Utc : zone == stored ? zone : Refusal.Reading(nameof(Timezone), () => ZoneNames.Of(zone));
    }

    private string? CheckedLanguage()
    {
        var language = Language?.Trim().ToLowerInvariant();
        if (string.IsNullOrEmpty(language))
        {
            return null;
        }

        var parts = language.Split('-');
        return language.Length <= 35 && parts[0].Length is 2 or 3 && parts.All(p => p.Length is >= 1 and <= 8 && p.All(char.IsAsciiLetterOrDigit))
            ? language
            : throw Refusal.Invalid("The language must be a tag such as en or pt-br.");
    }

    private static string? Choice(string? value, IReadOnlyList<string> choices, string what, string field)
    {
        var choice = value?.Trim().ToLowerInvariant();
        if (string.IsNullOrEmpty(choice))
        {
            return null;
        }

        return choices.Contains(choice) ? choice : throw Refusal.Invalid($"The {what} must be one of: {string.Join(", ", choices)}.").About(field);
    }

    private static string[] Entries(string[] given, string[] stored, string what, string field)
    {
        string[] entries =
        [
            .. given.Select(e => stored.Contains(e) ? e : SingleLine.Trim(e)).Where(e => e.Length > 0)
                .Distinct(StringComparer.OrdinalIgnoreCase).Take(MaxTopics + 1),
        ];
        if (entries.Length > MaxTopics)
        {
            throw Refusal.Invalid($"There are more than {MaxTopics} {what}.").About(field);
        }
        foreach (var entry in entries.Where(e => !stored.Contains(e)))
        {
            var problem = SingleLine.Problem(entry, MaxTopicLength)
                ?? (entry.Contains(';') ? "contains a semicolon, which separates topics in a file" : null);
            if (problem is not null)
            {
                throw Refusal.Invalid($"One of the {what} {problem}.").About(field);
            }
        }
        return entries;
    }
}
