using Newsletter.Items;

namespace Newsletter.Rendering;

/// <summary>One item as it is to be shown: everything of which its fragment is made. The same model gives the same fragment.</summary>
public sealed record ItemModel
{
    private const int WordsPerMinute = 220;
    private const int LongestUrl = 2000;

    public required ItemContent Item { get; init; }

    public required Depth Depth { get; init; }

    /// <summary>The item's own page with us: what the title links to when the item has no safe address of its own. Absolute http(s).</summary>
    public required string PublicPage { get; init; }

    /// <summary>Where the title leads. Only http and https: an item is data, and <c>javascript:</c> is an address, too.</summary>
    public string Link => SafeUrl(Item.Url) ?? SafeUrl(PublicPage)
        ?? throw new ArgumentException("The public page of an item must be an absolute http(s) address.");

    /// <summary>The original, where the item names one.</summary>
    public string? Original => SafeUrl(Item.Url);

    public string Title => OutsideText.OneLine(Item.Title);

    public string? Topic => Item.Topics.FirstOrDefault();

    /// <summary>What this depth shows beyond summary and key takeaway; never one without content.</summary>
    public IReadOnlyList<ItemSection> Sections => [.. AllSections().Where(section => Depth >= section.From && section.Points.Count > 0)];

    /// <summary>To read what is shown, rounded up.</summary>
    public int Minutes => Math.Max(1, (ShownTexts().Sum(Words) + WordsPerMinute - 1) / WordsPerMinute);

    private static string? SafeUrl(string? url) =>
        url is { Length: <= LongestUrl } && Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp) && uri.Host.Length > 0
            ? uri.AbsoluteUri
            : null;

    private ItemSection[] AllSections() =>
    [
        new("Key insights", Depth.Standard, Filled(Item.KeyInsights), Item.KeyInsights.Count > 1),
        new("Principles", Depth.Full, Filled(Item.Principles), Item.Principles.Count > 1),
        new("Method", Depth.Full, [.. Paragraphs.Of(Item.Method)], Bulleted: false),
        new("In practice", Depth.Brief, Filled(Item.InPractice), Item.InPractice.Count > 1),
    ];

    private static IReadOnlyList<string> Filled(IReadOnlyList<string> points) => [.. points.Where(point => !string.IsNullOrWhiteSpace(point))];

    private IEnumerable<string?> ShownTexts() =>
        [Item.Title, Item.Summary, Item.KeyTakeaway, .. Sections.SelectMany(section => section.Points)];

    /// <summary>Scripts without spaces have about two characters a word.</summary>
    private static int Words(string? text) =>
        (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Sum(run => run[0] >= '\u2E80' ? (run.Length + 1) / 2 : 1);
}

/// <summary>One section under its heading, shown from a depth on: points with bullets, or paragraphs.</summary>
public sealed record ItemSection(string Heading, Depth From, IReadOnlyList<string> Points, bool Bulleted);
