using System.Globalization;

namespace Newsletter;

/// <summary>Numbers as people read them, on pages and from commands. JSON has them as they are.</summary>
public static class Amount
{
    /// <returns><c>30,014</c>.</returns>
    public static string Of(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>So many of a thing.</summary>
    /// <param name="many">Where its plural has more than an s.</param>
    /// <returns><c>1 mail</c>, <c>30,014 mails</c>.</returns>
    public static string Of(long number, string one, string? many = null) => $"{Of(number)} {(number == 1 ? one : many ?? one + "s")}";
}
