using System.Globalization;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Newsletter.Zones;

namespace Newsletter.Digests;

/// <summary>A digest's definition: schedule, number of items and approval.</summary>
public sealed partial record Digest
{
    public required int Id { get; init; }

    /// <summary>2 to 60 characters a–z, 0–9, hyphens; unique among digests that are not deleted.</summary>
    public required string Slug { get; init; }

    public required string Name { get; init; }

    /// <summary>Cron expression of five fields, evaluated in <see cref="Timezone"/>: when an edition is sent. Null: editors plan and send.</summary>
    public string? Cron { get; init; }

    /// <summary>IANA name.</summary>
    public required string Timezone { get; init; }

    /// <summary>BCP 47 tag in lower case: the language of the mails, which also determines the text direction.</summary>
    public string Language { get; init; } = "en";

    /// <summary>How long before its send time an edition is planned, to leave time for approval. 0 to 31 days.</summary>
    public required TimeSpan Lead { get; init; }

    /// <summary>A reader with fewer fitting items is skipped. 1 or more.</summary>
    public required short MinItems { get; init; }

    /// <summary>Slots: the maximum number of items in a mail. <see cref="MinItems"/> to 50.</summary>
    public required short MaxItems { get; init; }

    /// <summary>How many days an item is a candidate after its import. 1 to 366.</summary>
    public required short CandidateDays { get; init; }

    /// <summary><c>required</c> or <c>none</c>.</summary>
    public required string Approval { get; init; }

    /// <summary><c>public</c> or <c>none</c>: whether sent editions are in the public archive. An edition's own setting takes precedence.</summary>
    public string Archive { get; init; } = "public";

    /// <summary>The next occurrence to plan; null without a cron expression.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary><c>24 hours before</c>.</summary>
    [JsonIgnore]
    public string LeadText => string.Create(CultureInfo.InvariantCulture, $"{Lead.TotalHours:#,0.#} {(Lead.TotalHours == 1 ? "hour" : "hours")} before");

    public bool NeedsApproval => Approval == "required";

    /// <summary>The first occurrence after a time; null without a cron expression or another occurrence.</summary>
    public DateTimeOffset? OccurrenceAfter(DateTimeOffset time) => Cron is null ? null : Schedule.Next(Cron, Timezone, time);

    /// <summary>Validates all values and returns a copy with the canonical name of its time zone.</summary>
    /// <exception cref="Refusal">Invalid; names the first invalid value.</exception>
    public Digest Checked()
    {
        if (Slug.Length is < 2 or > 60 || Slug.Any(c => !(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')))
        {
            throw Refusal.Invalid($"'{Slug}' is not a valid slug: use 2 to 60 characters (a–z, 0–9 and hyphens).");
        }
        if (string.IsNullOrWhiteSpace(Name) || Name.Length > 100 || Name.Any(char.IsControl))
        {
            throw Refusal.Invalid("A digest's name is one line of 1 to 100 characters.");
        }
        if (MinItems < 1 || MaxItems < MinItems || MaxItems > 50)
        {
            throw Refusal.Invalid($"Slots from {MinItems} to {MaxItems} are not possible: give --min 1 or more, and --max from there to 50.");
        }
        if (CandidateDays is < 1 or > 366 || Lead < TimeSpan.Zero || Lead > TimeSpan.FromDays(31))
        {
            throw Refusal.Invalid("--days must be from 1 to 366, and --lead from 0 to 744 hours (31 days).");
        }
        if (Approval is not ("required" or "none"))
        {
            throw Refusal.Invalid($"Approval is '{Approval}': choose required or none.");
        }
        CheckArchive(Archive);
        if (Language.Length > 35 || !LanguageTag().IsMatch(Language))
        {
            throw Refusal.Invalid("A digest's language is a BCP 47 tag in lower case, such as en or de-at.");
        }
        var zone = ZoneNames.Of(Timezone);
        Schedule.ClocksOf(zone);
        if (Cron is not null)
        {
            Schedule.Parse(Cron);
        }
        return this with { Timezone = zone };
    }

    internal static void CheckArchive(string archive)
    {
        if (archive is not ("public" or "none"))
        {
            throw Refusal.Invalid($"The archive is '{archive}': choose public or none.");
        }
    }

    [GeneratedRegex("^[a-z]{2,8}(?:-[a-z0-9]{1,8})*$", RegexOptions.CultureInvariant)]
    private static partial Regex LanguageTag();
}
