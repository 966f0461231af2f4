using Newsletter.Subscribers;

namespace Newsletter.Web.Forms;

/// <summary>Topics and roles in a form: one a line, since a comma may be part of one ("Trust, Safety").</summary>
internal static class TopicLines
{
    /// <summary>Of all lines together, in characters: as many topics as a person may follow, and what ends a line.</summary>
    public const int Longest = Preferences.MaxTopics * (Preferences.MaxTopicLength + 2);

    public static string Of(IEnumerable<string> topics) => string.Join('\n', topics);

    /// <summary>How high a box for such lines is: there is always an empty line, up to where it scrolls.</summary>
    public static int RowsOf(string? lines) => Math.Clamp((lines ?? "").Count(c => c == '\n') + 2, 2, 10);

    /// <summary>Splits typed lines at semicolons; lines equal to a stored entry stay whole.</summary>
    /// <param name="stored">What the person has.</param>
    public static string[] Entries(string? text, IReadOnlyCollection<string> stored) =>
    [
        .. (text ?? "").Split('\n', StringSplitOptions.TrimEntries)
            .SelectMany(line => stored.Contains(line) ? [line] : line.Split(';', StringSplitOptions.TrimEntries)).Where(entry => entry.Length > 0),
    ];

    /// <param name="stored">What the person has.</param>
    /// <param name="field">What a refusal is about.</param>
    /// <exception cref="Refusal">Invalid: the text is too long for topics.</exception>
    public static string[] Read(string? text, IReadOnlyCollection<string> stored, string field) => string.IsNullOrWhiteSpace(text) ? []
        : text.Length > Longest ? throw Refusal.Invalid($"The topics are too long: give at most {Preferences.MaxTopics}.").About(field)
        : Entries(text, stored);
}
