namespace Newsletter.Zones;

/// <summary>
/// An ambiguous time zone: an abbreviation or an offset, which several places share. Only some of them have summer time, so the
/// program does not guess: a form asks the user, and an import reports what to write.
/// </summary>
/// <param name="Typed">The text, trimmed.</param>
/// <param name="Places">Likely places as stored names, at least one.</param>
/// <param name="Fixed">The zone that always has the offset; null for abbreviations and for fractions of hours.</param>
public sealed record ZoneQuestion(string Typed, IReadOnlyList<string> Places, string? Fixed)
{
    /// <summary>One sentence: what is wrong and what to write instead.</summary>
    public string Reason => ZoneOffset.Parse(Typed) is null
        ? $"The time zone '{Typed}' is an abbreviation, which does not name a place: write the place, such as {Examples}."
        : $"The time zone '{Typed}' is an offset, which does not say when clocks change: write the place, such as {Examples}"
            + $"{(Fixed is null ? "" : $", or {Fixed} for clocks that never change")}.";

    private string Examples => string.Join(" or ", Places.Take(2));

    /// <returns>Null if the text is not ambiguous: a known or an unknown name.</returns>
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
