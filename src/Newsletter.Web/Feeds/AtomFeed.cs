using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Newsletter.Archive;
using Newsletter.Items;
using Newsletter.Mime;
using Newsletter.Rendering;

namespace Newsletter.Web.Feeds;

/// <summary>Published articles as an Atom feed (RFC 4287). The text of articles is escaped.</summary>
internal sealed class AtomFeed(string root, string name)
{
    private const string MediaType = "application/atom+xml";

    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom";

    /// <param name="title">The feed's title.</param>
    /// <param name="path">Its path on the site; the absolute URL is the feed's id.</param>
    /// <param name="page">The path of the HTML page with the same items.</param>
    /// <param name="items">Newest first.</param>
    /// <returns>UTF-8.</returns>
    public byte[] Write(string title, string path, string page, IReadOnlyList<PublishedItem> items)
    {
        var feed = new XElement(Atom + "feed",
            new XElement(Atom + "id", root + path),
            Text("title", title),
            new XElement(Atom + "updated", Time(UpdatedAt(items))),
            Link("self", root + path, MediaType),
            Link("alternate", root + page, "text/html"),
            new XElement(Atom + "author", new XElement(Atom + "name", UntrustedText.OneLine(name))),
            items.Select(Entry));
        using var bytes = new MemoryStream();
        using (var writer = XmlWriter.Create(bytes, new XmlWriterSettings { Encoding = new UTF8Encoding(false), Indent = true, NewLineChars = "\n" }))
        {
            new XDocument(feed).Save(writer);
        }
        return bytes.ToArray();
    }

    /// <summary>The Unix epoch if there are no items, so that the response stays the same.</summary>
    public static DateTimeOffset UpdatedAt(IReadOnlyList<PublishedItem> items) =>
        items.Count == 0 ? DateTimeOffset.UnixEpoch : items.Max(item => item.UpdatedAt);

    private XElement Entry(PublishedItem item)
    {
        var address = string.Create(CultureInfo.InvariantCulture, $"{root}/items/{item.Id}");
        var shown = new ItemModel { Item = item.Content, Depth = Depth.Full, PublicPage = address };
        return new XElement(Atom + "entry",
            new XAttribute(XNamespace.Xml + "lang", UntrustedText.OneLine(item.Content.Language)),
            new XElement(Atom + "id", address),
            Text("title", shown.Title),
            Link("alternate", address, "text/html"),
            shown.Original is { } original ? Link("via", original, null) : null,
            new XElement(Atom + "published", Time(item.PublishedAt)),
            new XElement(Atom + "updated", Time(item.UpdatedAt)),
            item.Content.Topics.Select(topic => new XElement(Atom + "category", new XAttribute("term", UntrustedText.OneLine(topic)))),
            Text("summary", UntrustedText.OneLine(item.Content.Summary ?? "")),
            new XElement(Atom + "content", new XAttribute("type", "html"), Html(item.Content)));
    }

    private static string Html(ItemContent item)
    {
        var html = new StringBuilder();
        foreach (var paragraph in Paragraphs.Of(item.Summary))
        {
            html.Append("<p>").Append(Lines(paragraph)).Append("</p>");
        }
        foreach (var paragraph in Paragraphs.Of(item.KeyTakeaway))
        {
            html.Append("<p><strong>").Append(Lines(paragraph)).Append("</strong></p>");
        }
        if (!string.IsNullOrWhiteSpace(item.Credit))
        {
            html.Append("<p><small>").Append(Escaped(item.Credit)).Append("</small></p>");
        }
        return html.ToString();
    }

    private static string Lines(string paragraph) => Escaped(paragraph).Replace("\n", "<br/>", StringComparison.Ordinal);

    private static string Escaped(string text) => UntrustedText.Escape(UntrustedText.Clean(text));

    private static XElement Text(string name, string text) => new(Atom + name, new XAttribute("type", "text"), UntrustedText.Clean(text));

    private static XElement Link(string rel, string href, string? type) =>
        new(Atom + "link", new XAttribute("rel", rel), type is null ? null : new XAttribute("type", type), new XAttribute("href", href));

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
