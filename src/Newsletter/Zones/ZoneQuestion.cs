namespace Newsletter.Zones;

/// <summary>
/// A text that names no place: an abbreviation or an offset, which several places share. Some of them change their clocks
/// and some do not, so nothing is guessed: a form asks, and a file is told what to write.
/// </summary>
/// <param name="Typed">Without spaces around it.</param>
/// <param name="Places">Likely ones, stored names, one at least.</param>
/// <param name="Fixed">The zone that always has the offset; null for abbreviations, and for parts of hours.</param>
public sealed record ZoneQuestion(string Typed, IReadOnlyList<string> Places, string? Fixed)
{
    /// <summary>One sentence: what is wrong and what to write instead.</summary>
    public string Reason => ZoneOffset.Parse(Typed) is null
        ? $"The time zone '{Typed}' is an abbreviation, which does not say whose clocks are meant: write the place, such as {Examples}."
        : $"The time zone '{Typed}' is an offset, which does not say when clocks change: write the place, such as {Examples}"
            + $"{(Fixed is null ? "" : $", or {Fixed} for clocks that never change")}.";

    private string Examples => string.Join(" or ", Places.Take(2));

    /// <returns>Null for all other texts: known names and unknown ones.</returns>
    public static ZoneQuestion? On(string typed)
    {
        typed = typed.Trim();
        if (ZonePlaces.ByAbbreviation.TryGetValue(typed, out var places))
        {
            return new(typed, places, null);
        }
        return ZoneOffset.Parse(typed) is { } offset && offset != TimeSpan.Zero && ZonePlaces.At(offset) is { Count: > 0 } found
            ? new(typed, found, ZoneOffset.Fixed(offset))
            : null;
    }
}
