using System.Text;
using System.Text.Json;
using Newsletter.Items;

namespace Newsletter.Tests.Items;

/// <summary>Articles for tests, and what reading them gives.</summary>
internal static class Article
{
    public const string Credit = "Editorial summary, takeaway, and curation by Ines Vale. Original article published by The Slow Wire.";

    public const string Text = $"""
        The lift that called itself
        Summary
        A lift learned when people leave. It now waits where they are.
        Key takeaway
        For AI/ML Directors weighing small models, the lift shows that a table may be enough.
        Key insights
        - Waiting fell by a third.
        - Nobody noticed.
        Principles
        - Measure the wait, not the ride.
        Method
        Two months of button presses.
        In practice
        - Start with a table.
        Topics
        - Forecasting
        - Buildings
        Best for: CTO, AI Engineer
        Related on AIssential
        - The stairs that did not
        {Credit}
        """;

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static IReadOnlyList<ParsedItem> Read(string text, string path = "") => [.. ItemFile.Read(Bytes(text), path)];

    public static ParsedItem One(string text, string path = "") => Assert.Single(Read(text, path));

    /// <summary>Of a text that must be an item.</summary>
    public static ItemContent Content(string text, string path = "")
    {
        var reading = One(text, path);
        Assert.Null(reading.Rejection);
        return reading.Content!;
    }

    /// <summary>Of a text that must not be an item.</summary>
    public static Finding Rejection(string text, string path = "")
    {
        var reading = One(text, path);
        Assert.Null(reading.Content);
        return reading.Rejection!;
    }

    /// <summary>Title, and these lines.</summary>
    public static ItemContent Of(params string[] lines) => Content(string.Join('\n', lines.Prepend("A title")));

    /// <summary>Records with lists compare by reference: this form compares by what they say.</summary>
    public static string Facts(ItemContent content) => JsonSerializer.Serialize(content);
}
