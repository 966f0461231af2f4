namespace Newsletter.Items;

/// <summary>What of an item decides which story it tells. Read once, compared often.</summary>
public sealed class StoryText(string title, string? summary, string? url, DateTimeOffset? publishedAt)
{
    /// <summary>Of a summary that is looked at, in characters: what differs only beyond is near-equal.</summary>
    public const int SummaryLimit = 4000;

    private readonly Lazy<StoryWords> titleWords = new(() => new StoryWords(title));
    private readonly Lazy<StoryWords> summaryWords = new(() => new StoryWords(Beginning(summary ?? "")));

    private long[]? marks;

    public static StoryText Of(ItemContent content) => new(content.Title, content.Summary, content.Url, content.PublishedAt);

    public StoryWords Title => titleWords.Value;

    public StoryWords Summary => summaryWords.Value;

    /// <summary>As <see cref="ItemUrl.Loose"/> gives it.</summary>
    public string? Url { get; } = url is null ? null : ItemUrl.Loose(url);

    /// <summary>By which the database finds it.</summary>
    public long[] Marks => marks ??= StoryMarks.Of(this);

    public DateTimeOffset? PublishedAt => publishedAt;

    /// <summary>Never half of a character that takes two.</summary>
    private static string Beginning(string text) =>
        text.Length <= SummaryLimit ? text : text[..(char.IsHighSurrogate(text[SummaryLimit - 1]) ? SummaryLimit - 1 : SummaryLimit)];
}
