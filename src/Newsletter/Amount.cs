using System.Globalization;

namespace Newsletter;

/// <summary>Formats numbers for people, on pages and in command output. JSON contains plain numbers.</summary>
public static class Amount
{
    /// <returns><c>30,014</c>.</returns>
    public static string Of(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A number with its noun.</summary>
    /// <param name="many">Plural of the noun; null: <paramref name="one"/> and an s.</param>
    /// <returns><c>1 mail</c>, <c>30,014 mails</c>.</returns>
    public static string Of(long number, string one, string? many = null) => $"{Of(number)} {(number == 1 ? one : many ?? one + "s")}";
}
