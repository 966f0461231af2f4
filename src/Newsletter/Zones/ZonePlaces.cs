using System.Collections.Frozen;
using NodaTime;

namespace Newsletter.Zones;

/// <summary>Likely places for an abbreviation or an offset.</summary>
internal static class ZonePlaces
{
    private const int MaxOffered = 8;

    // The rules have no end date, so a future year shows the current rules: one time in winter, one in summer.
    private static readonly Instant[] Seasons = [Instant.FromUtc(2037, 1, 15, 12, 0), Instant.FromUtc(2037, 7, 15, 12, 0)];

    private static readonly string[] CentralEurope =
        ["Europe/Berlin", "Europe/Paris", "Europe/Madrid", "Europe/Rome", "Europe/Warsaw", "Europe/Amsterdam", "Europe/Zurich", "Europe/Stockholm"];

    private static readonly string[] EasternEurope =
        ["Europe/Athens", "Europe/Bucharest", "Europe/Helsinki", "Europe/Kyiv", "Europe/Sofia", "Europe/Vilnius", "Asia/Beirut", "Africa/Cairo"];

    private static readonly string[] WesternEurope = ["Europe/Lisbon", "Atlantic/Canary", "Atlantic/Madeira", "Atlantic/Faroe"];

    private static readonly string[] Eastern =
        ["America/New_York", "America/Toronto", "America/Detroit", "America/Panama", "America/Jamaica", "America/Cancun"];

    private static readonly string[] Central =
    [
        "America/Chicago", "America/Winnipeg", "America/Mexico_City", "America/Regina", "America/Costa_Rica", "America/Havana",
        "Asia/Shanghai", "Asia/Taipei",
    ];

    private static readonly string[] Mountain = ["America/Denver", "America/Edmonton", "America/Phoenix", "America/Boise", "America/Hermosillo"];

    private static readonly string[] Pacific = ["America/Los_Angeles", "America/Vancouver", "America/Tijuana", "Asia/Manila"];

    private static readonly string[] EasternAustralia = ["Australia/Sydney", "Australia/Melbourne", "Australia/Brisbane", "Australia/Hobart"];

    /// <summary>Case-insensitive. Some are also names in tzdb (CET, EST), which were links or had their own rules, depending on the version.</summary>
    public static readonly FrozenDictionary<string, string[]> ByAbbreviation = new (string Letters, string[] Places)[]
    {
        ("CET CEST MET MEST MEZ MESZ", CentralEurope),
        ("EET EEST", EasternEurope),
        ("WET WEST", WesternEurope),
        ("BST", ["Europe/London", "Asia/Dhaka"]),
        ("IST", ["Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"]),
        ("MSK", ["Europe/Moscow"]),
        ("TRT", ["Europe/Istanbul"]),
        ("ET EST EDT EST5EDT", Eastern),
        ("CT CST CDT CST6CDT", Central),
        ("MT MST MDT MST7MDT", Mountain),
        ("PT PST PDT PST8PDT", Pacific),
        ("AKST AKDT", ["America/Anchorage", "America/Juneau"]),
        ("HST HDT HAST", ["Pacific/Honolulu", "America/Adak"]),
        ("AST ADT", ["America/Halifax", "America/Puerto_Rico", "Asia/Riyadh"]),
        ("NST NDT", ["America/St_Johns"]),
        ("BRT", ["America/Sao_Paulo"]),
        ("ART", ["America/Argentina/Buenos_Aires"]),
        ("WAT", ["Africa/Lagos"]),
        ("CAT", ["Africa/Maputo", "Africa/Harare", "Africa/Lusaka"]),
        ("EAT", ["Africa/Nairobi", "Africa/Addis_Ababa"]),
        ("SAST", ["Africa/Johannesburg"]),
        ("GST", ["Asia/Dubai"]),
        ("PKT", ["Asia/Karachi"]),
        ("WIB", ["Asia/Jakarta"]),
        ("SGT", ["Asia/Singapore"]),
        ("HKT", ["Asia/Hong_Kong"]),
        ("PHT", ["Asia/Manila"]),
        ("JST", ["Asia/Tokyo"]),
        ("KST", ["Asia/Seoul"]),
        ("AEST AEDT", EasternAustralia),
        ("ACST ACDT", ["Australia/Adelaide", "Australia/Darwin"]),
        ("AWST", ["Australia/Perth"]),
        ("NZST NZDT", ["Pacific/Auckland"]),
        ("SST", ["Pacific/Pago_Pago"]),
    }.SelectMany(row => row.Letters.Split(' ').Select(letters => (letters, row.Places)))
        .ToFrozenDictionary(pair => pair.letters, pair => pair.Places, StringComparer.OrdinalIgnoreCase);

    /// <summary>Large cities, from west to east; within one offset the largest first.</summary>
    private static readonly string[] Cities =
    [
        "Pacific/Pago_Pago", "Pacific/Honolulu", "Pacific/Marquesas", "America/Anchorage", "America/Los_Angeles", "America/Vancouver", "America/Tijuana",
        "America/Denver", "America/Phoenix", "America/Edmonton", "America/Chicago", "America/Mexico_City", "America/Winnipeg", "America/Guatemala",
        "America/New_York", "America/Toronto", "America/Bogota", "America/Lima", "America/Halifax", "America/Caracas", "America/Santiago", "America/La_Paz",
        "America/St_Johns", "America/Sao_Paulo", "America/Argentina/Buenos_Aires", "America/Montevideo", "America/Nuuk", "America/Noronha",
        "Atlantic/Azores", "Atlantic/Cape_Verde", "Europe/London", "Europe/Lisbon", "Europe/Dublin", "Africa/Accra", "Atlantic/Reykjavik",
        "Europe/Berlin", "Europe/Paris", "Europe/Madrid", "Europe/Rome", "Europe/Warsaw", "Africa/Lagos",
        "Africa/Cairo", "Europe/Athens", "Europe/Bucharest", "Europe/Helsinki", "Europe/Kyiv", "Africa/Johannesburg", "Asia/Jerusalem",
        "Europe/Istanbul", "Europe/Moscow", "Asia/Riyadh", "Africa/Nairobi", "Asia/Tehran", "Asia/Dubai", "Asia/Baku", "Asia/Tbilisi", "Asia/Kabul",
        "Asia/Karachi", "Asia/Tashkent", "Asia/Almaty", "Asia/Kolkata", "Asia/Colombo", "Asia/Kathmandu", "Asia/Dhaka", "Asia/Yangon",
        "Asia/Jakarta", "Asia/Bangkok", "Asia/Ho_Chi_Minh", "Asia/Shanghai", "Asia/Singapore", "Asia/Hong_Kong", "Asia/Manila",
        "Asia/Taipei", "Australia/Perth",
        "Australia/Eucla", "Asia/Tokyo", "Asia/Seoul", "Australia/Adelaide", "Australia/Darwin", "Australia/Sydney", "Australia/Brisbane", "Asia/Vladivostok",
        "Australia/Lord_Howe", "Pacific/Noumea", "Pacific/Auckland", "Pacific/Fiji", "Pacific/Chatham",
        "Pacific/Tongatapu", "Pacific/Apia", "Pacific/Kiritimati",
    ];

    /// <summary>At most 8 places with the offset: first those that have it as standard time, then those that have it as summer time.</summary>
    public static IReadOnlyList<string> At(TimeSpan offset) =>
    [
        .. Cities.Select(city => (city, Offsets: OffsetsOf(city))).Where(c => c.Offsets.Contains(offset))
            .OrderBy(c => c.Offsets.Min() == offset ? 0 : 1).Select(c => c.city).Take(MaxOffered),
    ];

    private static IReadOnlyList<TimeSpan> OffsetsOf(string city) =>
        [.. Seasons.Select(season => DateTimeZoneProviders.Tzdb[city].GetUtcOffset(season).ToTimeSpan())];
}
