using System.Text;
using System.Text.RegularExpressions;
using Newsletter.Mime;

namespace Newsletter.Rendering;

/// <summary>Renders and encodes the parts that many mails share. Results are immutable and may be cached.</summary>
public sealed partial class Renderer(Templates templates, BrandOptions? brand = null)
{
    private const int TeaserLength = 140;

    private readonly BrandOptions brand = brand ?? BrandOptions.Default;

    /// <summary>
    /// Renders an item. Takes half a millisecond: cache the result for all compositions of an edition that show the item in the same way.
    /// </summary>
    public async Task<Fragment> FragmentAsync(ItemModel item)
    {
        item = item with { Brand = brand };
        var html = await HtmlAsync("_Item", item);
        var title = await HtmlAsync("_Title", item);
        return new()
        {
            Title = item.Title,
            Teaser = UntrustedText.OneLine(item.Item.Summary ?? "", TeaserLength),
            Minutes = item.Minutes,
            Html = EncodedText.Cut(html),
            Text = await TextAsync("_Item", item),
            TitleHtml = EncodedText.Cut(title),
            TitleText = await TextAsync("_Title", item),
            Size = Encoding.UTF8.GetByteCount(html),
            TitleSize = Encoding.UTF8.GetByteCount(title),
        };
    }

    public async Task<SectionHeading> SectionAsync(SectionModel section)
    {
        var html = await HtmlAsync("_Section", section with { Brand = brand });
        return new(EncodedText.Cut(html), await TextAsync("_Section", section)) { Size = Encoding.UTF8.GetByteCount(html) };
    }

    /// <summary>Renders the frame. Call it once per edition: the parts that differ by composition are placeholders too.</summary>
    public async Task<Frame> FrameAsync(DigestModel digest)
    {
        digest = digest with { Brand = brand };
        var html = await HtmlAsync("Digest", digest);
        return new(EncodedText.Cut(html), await TextAsync("Digest", digest)) { Size = Encoding.UTF8.GetByteCount(html) };
    }

    private async Task<string> HtmlAsync<TModel>(string name, TModel model) =>
        LeadingSpace().Replace(await templates.RenderAsync(name + ".cshtml", model), "").ReplaceLineEndings("\n");

    private async Task<EncodedText> TextAsync<TModel>(string name, TModel model)
    {
        var text = (await templates.RenderAsync(name + ".text.cshtml", model)).ReplaceLineEndings("\n");
        return EncodedText.Cut(BlankLines().Replace(text, "\n\n").TrimEnd('\n') + "\n");
    }

    /// <summary>Indentation and blank lines of a template have no meaning in HTML and would add bytes to every mail.</summary>
    [GeneratedRegex(@"^\s+", RegexOptions.Multiline)]
    private static partial Regex LeadingSpace();

    /// <summary>A missing section must leave one blank line, not three.</summary>
    [GeneratedRegex(@"\n{3,}")]
    private static partial Regex BlankLines();
}
