using System.Text;
using System.Text.RegularExpressions;
using Newsletter.Mime;

namespace Newsletter.Rendering;

/// <summary>Renders and encodes what many mails share. What it gives can be kept and used as often as wanted.</summary>
public sealed partial class Renderer(Templates templates, BrandOptions? brand = null)
{
    private const int TeaserLength = 140;

    private readonly BrandOptions brand = brand ?? BrandOptions.Default;

    /// <summary>Half a millisecond: keep it for all compositions of an edition in which the item stands in the same way.</summary>
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

    /// <summary>Once an edition: what differs by composition is a mark, too.</summary>
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

    /// <summary>A template's indentation and blank lines mean nothing to a reader and cost octets in every mail.</summary>
    [GeneratedRegex(@"^\s+", RegexOptions.Multiline)]
    private static partial Regex LeadingSpace();

    /// <summary>A section that is missing leaves one blank line, not three.</summary>
    [GeneratedRegex(@"\n{3,}")]
    private static partial Regex BlankLines();
}
