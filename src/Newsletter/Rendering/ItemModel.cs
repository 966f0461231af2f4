using Newsletter.Items;
using Newsletter.Mime;

namespace Newsletter.Rendering;

/// <summary>Complete input for rendering one item. Equal models give equal fragments.</summary>
public sealed record ItemModel : IBranded
{
    private const int WordsPerMinute = 220;
    private const int LongestUrl = 2000;

    public required ItemContent Item { get; init; }

    public required Depth Depth { get; init; }

    /// <summary>Name of the reader's role to which the key takeaway is addressed; null if it is addressed to none of the reader's roles.</summary>
    public string? AddressedAs { get; init; }

    /// <summary>The first item of its mail, shown larger.</summary>
    public bool IsLead { get; init; }

    /// <summary>Shows only title, reasons and credit: used if the mail would otherwise be too large.</summary>
    public bool IsTitleOnly { get; init; }

    /// <summary>
    /// URL of the item's page on this site, absolute http(s); signed if the page is not public. The title links to it if the item has no
    /// safe URL of its own.
    /// </summary>
    public required string PublicPage { get; init; }

    public BrandOptions Brand { get; init; } = BrandOptions.Default;

    /// <summary>Target of the title's link. Only http(s): items are untrusted data and could contain a <c>javascript:</c> URL.</summary>
    public string Link => Original ?? SafeUrl(PublicPage)
        ?? throw new ArgumentException("The public page of an item must be an absolute http(s) address.");

    /// <summary>URL of the original article if it is https; otherwise null. An http original is linked only from the item's public page.</summary>
    public string? Original => SafeUrl(Item.Url) is { } url && url.StartsWith("https:", StringComparison.Ordinal) ? url : null;

    public string Title => UntrustedText.OneLine(Item.Title);

    public string? Topic => Item.Topics.FirstOrDefault();

    public string TakeawayHeading => (AddressedAs, Item.AddressedTo) switch
    {
        ({ } role, _) => $"Why it matters for you, as {UntrustedText.OneLine(role)}",
        (null, { } label) => $"Key takeaway, written for {InSentence(UntrustedText.OneLine(label))}",
        _ => "Key takeaway",
    };

    /// <summary>Sections shown at this depth in addition to summary and key takeaway. Empty sections are omitted.</summary>
    public IReadOnlyList<ItemSection> Sections => [.. AllSections().Where(section => Depth >= section.From && section.Points.Count > 0)];

    /// <summary>Reading time of the shown text in minutes, rounded up, at least 1.</summary>
    public int Minutes => Math.Max(1, (ShownTexts().Sum(Words) + WordsPerMinute - 1) / WordsPerMinute);

    private static string? SafeUrl(string? url) =>
        url is { Length: <= LongestUrl } && Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp) && uri.Host.Length > 0
            ? uri.AbsoluteUri
            : null;

    /// <summary>"AI/ML Directors" → "AI/ML directors". Only for English labels; abbreviations are unchanged.</summary>
    private string InSentence(string label) => Item.Language.Split('-')[0] != "en" ? label : string.Join(' ', label.Split(' ').Select(word =>
        word.Skip(1).All(character => char.IsLower(character) || char.IsPunctuation(character)) && word.Length > 1 ? word.ToLowerInvariant() : word));

    private ItemSection[] AllSections() =>
    [
        new("Key insights", Depth.Standard, Filled(Item.KeyInsights), Item.KeyInsights.Count > 1),
        new("Principles", Depth.Full, Filled(Item.Principles), Item.Principles.Count > 1),
        new("Method", Depth.Full, [.. Paragraphs.Of(Item.Method)], Bulleted: false),
        new("In practice", Depth.Brief, Filled(Item.InPractice), Item.InPractice.Count > 1),
    ];

    private static IReadOnlyList<string> Filled(IReadOnlyList<string> points) => [.. points.Where(point => !string.IsNullOrWhiteSpace(point))];

    private IEnumerable<string?> ShownTexts() => IsTitleOnly
        ? [Item.Title]
        : [Item.Title, Item.Summary, Item.KeyTakeaway, .. Sections.SelectMany(section => section.Points)];

    /// <summary>Estimated number of words; for scripts without spaces, two characters count as one word.</summary>
    private static int Words(string? text) =>
        (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Sum(run => run[0] >= '\u2E80' ? (run.Length + 1) / 2 : 1);
}

/// <summary>One section with heading, shown at depth <paramref name="From"/> or deeper: a bulleted list or paragraphs.</summary>
public sealed record ItemSection(string Heading, Depth From, IReadOnlyList<string> Points, bool Bulleted);
