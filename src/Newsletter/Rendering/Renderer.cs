using System.Text.RegularExpressions;

namespace Newsletter.Rendering;

/// <summary>Renders and encodes what many mails share. What it gives can be kept and used as often as wanted.</summary>
public sealed partial class Renderer(Templates templates)
{
    private const int TeaserLength = 140;

    /// <summary>Half a millisecond: keep it for all compositions of an edition in which the item stands in the same way.</summary>
    public async Task<Fragment> FragmentAsync(ItemModel item) => new()
    {
        Title = item.Title,
        Teaser = OutsideText.OneLine(item.Item.Summary ?? "", TeaserLength),
        Minutes = item.Minutes,
        Html = await HtmlAsync("_Item", item),
        Text = await TextAsync("_Item", item),
        TitleHtml = await HtmlAsync("_Title", item),
        TitleText = await TextAsync("_Title", item),
    };

    public async Task<SectionHeading> SectionAsync(SectionModel section) =>
        new(await HtmlAsync("_Section", section), await TextAsync("_Section", section));

    /// <summary>Once an edition: what differs by composition is a mark, too.</summary>
    public async Task<Frame> FrameAsync(DigestModel digest) =>
        new(await HtmlAsync("Digest", digest), await TextAsync("Digest", digest));

    private async Task<EncodedText> HtmlAsync<TModel>(string name, TModel model) =>
        EncodedText.Cut(LeadingSpace().Replace(await templates.RenderAsync(name + ".cshtml", model), ""));

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
