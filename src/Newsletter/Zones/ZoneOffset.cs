using System.Globalization;
using System.Text.RegularExpressions;

namespace Newsletter.Zones;

/// <summary>An offset from UTC as people write it: <c>UTC+1</c>, <c>GMT-03:30</c>, <c>+0530</c>.</summary>
internal static partial class ZoneOffset
{
    private static readonly TimeSpan Least = TimeSpan.FromHours(-12);
    private static readonly TimeSpan Most = TimeSpan.FromHours(14);

    /// <returns>Null when the text is no offset, or one that no place has ever had.</returns>
    public static TimeSpan? Parse(string text)
    {
        if (Form().Match(text.Trim()) is not { Success: true } match)
        {
            return null;
        }
        var minutes = (60 * Number(match.Groups["hours"])) + (match.Groups["minutes"].Success ? Number(match.Groups["minutes"]) : 0);
        var offset = TimeSpan.FromMinutes(match.Groups["sign"].Value == "+" ? minutes : -minutes);
        return offset >= Least && offset <= Most ? offset : null;
    }

    /// <summary>The zone whose clocks always have this offset: named after what is added to reach UTC, hence the sign. Null for parts of hours.</summary>
    public static string? Fixed(TimeSpan offset) =>
        offset.Minutes == 0 ? string.Create(CultureInfo.InvariantCulture, $"Etc/GMT{(offset < TimeSpan.Zero ? '+' : '-')}{Math.Abs(offset.Hours)}") : null;

    private static int Number(Group digits) => int.Parse(digits.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"^(?:UTC|GMT)? ?(?<sign>[+\-−]) ?(?<hours>[0-9]{1,2})(?::?(?<minutes>[0-5][0-9]))?\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
