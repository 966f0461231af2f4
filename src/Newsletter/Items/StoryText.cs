namespace Newsletter.Items;

/// <summary>The parts of an item that decide which story it tells. Parsed once, compared often.</summary>
public sealed class StoryText(string title, string? summary, string? url, DateTimeOffset? publishedAt)
{
    /// <summary>How much of a summary is compared, in characters: texts that differ only after it are near-equal.</summary>
    public const int SummaryLimit = 4000;

    private readonly Lazy<StoryWords> titleWords = new(() => new StoryWords(title));
    private readonly Lazy<StoryWords> summaryWords = new(() => new StoryWords(Beginning(summary ?? "")));

    private long[]? marks;

    public static StoryText Of(ItemContent content) => new(content.Title, content.Summary, content.Url, content.PublishedAt);

    public StoryWords Title => titleWords.Value;

    public StoryWords Summary => summaryWords.Value;

    /// <summary>As returned by <see cref="ItemUrl.Loose"/>.</summary>
    public string? Url { get; } = url is null ? null : ItemUrl.Loose(url);

    /// <summary>Index keys of the item.</summary>
    public long[] Marks => marks ??= StoryMarks.Of(this);

    public DateTimeOffset? PublishedAt => publishedAt;

    /// <summary>Never splits a surrogate pair.</summary>
    private static string Beginning(string text) =>
        text.Length <= SummaryLimit ? text : text[..(char.IsHighSurrogate(text[SummaryLimit - 1]) ? SummaryLimit - 1 : SummaryLimit)];
}
