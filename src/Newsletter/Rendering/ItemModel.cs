using Newsletter.Items;
using Newsletter.Mime;

namespace Newsletter.Rendering;

/// <summary>One item as it is to be shown: everything of which its fragment is made. The same model gives the same fragment.</summary>
public sealed record ItemModel : IBranded
{
    private const int WordsPerMinute = 220;
    private const int LongestUrl = 2000;

    public required ItemContent Item { get; init; }

    public required Depth Depth { get; init; }

    /// <summary>The reader's role to which the key takeaway is addressed, by its name; null when it is to none of theirs.</summary>
    public string? AddressedAs { get; init; }

    /// <summary>The first of its mail: set larger.</summary>
    public bool IsLead { get; init; }

    /// <summary>Nothing but title, reasons and credit: what is left of an item where a mail would be too large.</summary>
    public bool IsTitleOnly { get; init; }

    /// <summary>
    /// The address of the item's page on this site; signed if the page is not public. The title links to it when the item has no
    /// safe address of its own. Absolute http(s).
    /// </summary>
    public required string PublicPage { get; init; }

    public BrandOptions Brand { get; init; } = BrandOptions.Default;

    /// <summary>Where the title leads. Only to the web: an item is data, and <c>javascript:</c> is an address, too.</summary>
    public string Link => Original ?? SafeUrl(PublicPage)
        ?? throw new ArgumentException("The public page of an item must be an absolute http(s) address.");

    /// <summary>The original, where the item names one that can be reached safely; one without TLS is linked from the item's public page.</summary>
    public string? Original => SafeUrl(Item.Url) is { } url && url.StartsWith("https:", StringComparison.Ordinal) ? url : null;

    public string Title => UntrustedText.OneLine(Item.Title);

    public string? Topic => Item.Topics.FirstOrDefault();

    public string TakeawayHeading => (AddressedAs, Item.AddressedTo) switch
    {
        ({ } role, _) => $"Why it matters for you, as {UntrustedText.OneLine(role)}",
        (null, { } label) => $"Key takeaway, written for {InSentence(UntrustedText.OneLine(label))}",
        _ => "Key takeaway",
    };

    /// <summary>What this depth shows beyond summary and key takeaway; never one without content.</summary>
    public IReadOnlyList<ItemSection> Sections => [.. AllSections().Where(section => Depth >= section.From && section.Points.Count > 0)];

    /// <summary>To read what is shown, rounded up.</summary>
    public int Minutes => Math.Max(1, (ShownTexts().Sum(Words) + WordsPerMinute - 1) / WordsPerMinute);

    private static string? SafeUrl(string? url) =>
        url is { Length: <= LongestUrl } && Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp) && uri.Host.Length > 0
            ? uri.AbsoluteUri
            : null;

    /// <summary>"AI/ML Directors" – "AI/ML directors": only English writes nouns small, and abbreviations stay as they are.</summary>
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

    /// <summary>Scripts without spaces have about two characters a word.</summary>
    private static int Words(string? text) =>
        (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Sum(run => run[0] >= '\u2E80' ? (run.Length + 1) / 2 : 1);
}

/// <summary>One section under its heading, shown from a depth on: points with bullets, or paragraphs.</summary>
public sealed record ItemSection(string Heading, Depth From, IReadOnlyList<string> Points, bool Bulleted);
