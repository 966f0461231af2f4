using Newsletter.Subscribers;

namespace Newsletter.Web;

/// <summary>Topics in a form: one a line, since a comma may be part of one ("Trust, Safety"). No topic has a semicolon in it.</summary>
internal static class TopicLines
{
    /// <summary>Of all lines together, in characters: as many topics as a person may follow, and what ends a line.</summary>
    public const int Longest = Preferences.MaxTopics * (Preferences.MaxTopicLength + 2);

    private static readonly char[] Dividers = ['\n', ';'];

    public static string Of(IEnumerable<string> topics) => string.Join('\n', topics);

    /// <summary>How high a box for such lines is: there is always an empty line, up to where it scrolls.</summary>
    public static int RowsOf(string? lines) => Math.Clamp((lines ?? "").Count(c => c == '\n') + 2, 2, 10);

    /// <param name="field">What a refusal is about.</param>
    /// <exception cref="Refusal">Invalid: the text is too long for topics.</exception>
    public static string[] Read(string? text, string field) => string.IsNullOrWhiteSpace(text) ? []
        : text.Length > Longest ? throw Refusal.Invalid($"The topics are too long: give at most {Preferences.MaxTopics}.").About(field)
        : text.Split(Dividers, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
