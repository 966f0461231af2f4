using System.Globalization;

namespace Newsletter.Rendering;

/// <summary>Contrast of two colours <c>#rrggbb</c> (WCAG 2.2, relative luminance).</summary>
public static class Contrast
{
    /// <returns>Contrast ratio, 1 to 21.</returns>
    public static double Ratio(string one, string other)
    {
        var (a, b) = (Luminance(one), Luminance(other));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    /// <param name="share">Share of white in the mix, 0 to 1.</param>
    public static string Lightened(string colour, double share) =>
        "#" + string.Concat(Channels(colour)
            .Select(channel => ((int)Math.Round(channel + ((255 - channel) * share))).ToString("x2", CultureInfo.InvariantCulture)));

    private static double Luminance(string colour)
    {
        var linear = Channels(colour).Select(channel => channel / 255.0)
            .Select(channel => channel <= 0.04045 ? channel / 12.92 : Math.Pow((channel + 0.055) / 1.055, 2.4)).ToArray();
        return (0.2126 * linear[0]) + (0.7152 * linear[1]) + (0.0722 * linear[2]);
    }

    private static int[] Channels(string colour) =>
        [.. Enumerable.Range(0, 3).Select(place => int.Parse(colour.AsSpan(1 + (2 * place), 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
}
