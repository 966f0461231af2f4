using Newsletter.Subscribers;

namespace Newsletter.Web.Forms;

/// <summary>Topics and roles in a form: one per line, because they may contain commas ("Trust, Safety").</summary>
internal static class TopicLines
{
    /// <summary>Maximum length of all lines together, in characters, with line endings.</summary>
    public const int Longest = Preferences.MaxTopics * (Preferences.MaxTopicLength + 2);

    public static string Of(IEnumerable<string> topics) => string.Join('\n', topics);

    /// <summary>Height of the text box in rows: one more than there are lines, up to the height at which it scrolls.</summary>
    public static int RowsOf(string? lines) => Math.Clamp((lines ?? "").Count(c => c == '\n') + 2, 2, 10);

    /// <summary>Splits typed lines at semicolons; lines equal to a stored entry stay whole.</summary>
    /// <param name="stored">The stored entries of the person.</param>
    public static string[] Entries(string? text, IReadOnlyCollection<string> stored) =>
    [
        .. (text ?? "").Split('\n', StringSplitOptions.TrimEntries)
            .SelectMany(line => stored.Contains(line) ? [line] : line.Split(';', StringSplitOptions.TrimEntries)).Where(entry => entry.Length > 0),
    ];

    /// <param name="stored">The stored entries of the person.</param>
    /// <param name="field">The field that a refusal names.</param>
    /// <exception cref="Refusal">Invalid: the text is too long for topics.</exception>
    public static string[] Read(string? text, IReadOnlyCollection<string> stored, string field) => string.IsNullOrWhiteSpace(text) ? []
        : text.Length > Longest ? throw Refusal.Invalid($"The topics are too long: give at most {Preferences.MaxTopics}.").About(field)
        : Entries(text, stored);
}
