using System.Globalization;
using System.Text.RegularExpressions;

namespace Newsletter.Zones;

/// <summary>An offset from UTC as people write it: <c>UTC+1</c>, <c>GMT-03:30</c>, <c>+0530</c>.</summary>
internal static partial class ZoneOffset
{
    private static readonly TimeSpan Min = TimeSpan.FromHours(-12);
    private static readonly TimeSpan Max = TimeSpan.FromHours(14);

    /// <returns>Null if the text is not an offset, or outside −12:00 to +14:00.</returns>
    public static TimeSpan? Parse(string text)
    {
        if (OffsetPattern().Match(text.Trim()) is not { Success: true } match)
        {
            return null;
        }
        var minutes = (60 * Number(match.Groups["hours"])) + (match.Groups["minutes"].Success ? Number(match.Groups["minutes"]) : 0);
        var offset = TimeSpan.FromMinutes(match.Groups["sign"].Value == "+" ? minutes : -minutes);
        return offset >= Min && offset <= Max ? offset : null;
    }

    /// <summary>The zone that always has this offset: <c>Etc/GMT-1</c> for +1, since these names invert the sign. Null for fractions of hours.</summary>
    public static string? Fixed(TimeSpan offset) =>
        offset.Minutes == 0 ? string.Create(CultureInfo.InvariantCulture, $"Etc/GMT{(offset < TimeSpan.Zero ? '+' : '-')}{Math.Abs(offset.Hours)}") : null;

    private static int Number(Group digits) => int.Parse(digits.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"^(?:UTC|GMT)? ?(?<sign>[+\-−]) ?(?<hours>[0-9]{1,2})(?::?(?<minutes>[0-5][0-9]))?\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OffsetPattern();
}
