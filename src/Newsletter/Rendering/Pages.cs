using System.Globalization;
using Microsoft.AspNetCore.Html;
using Newsletter.Mime;
using RazorLight;
using RazorLight.Text;

namespace Newsletter.Rendering;

/// <summary>
/// Base class of all templates. Values written with <c>@</c> are treated as untrusted data, except a <see cref="Placeholder"/> and
/// <c>@Raw(…)</c>.
/// </summary>
public abstract class Page<TModel> : TemplatePage<TModel>
{
    public sealed override void Write(object value)
    {
        switch (value)
        {
            case null:
                break;
            case Placeholder placeholder:
                WriteLiteral(UntrustedText.TokenOf(placeholder).ToString());
                break;
            case IHtmlContent or IRawString:
                base.Write(value);
                break;
            default:
                Write(Convert.ToString(value, CultureInfo.InvariantCulture)!);
                break;
        }
    }

    public sealed override void Write(string value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            WriteLiteral(Encode(UntrustedText.Clean(value)));
        }
    }

    /// <summary>Text direction of a language: <c>ltr</c> or <c>rtl</c>.</summary>
    public static string Direction(string language) =>
        language.Split('-')[0].ToLowerInvariant() is "ar" or "ckb" or "dv" or "fa" or "he" or "ps" or "sd" or "ug" or "ur" or "yi" ? "rtl" : "ltr";

    protected abstract string Encode(string clean);
}

/// <summary>A page whose data is escaped for HTML.</summary>
public abstract class HtmlPage<TModel> : Page<TModel>
{
    /// <summary>Must not contain quotes, because it is used inside quoted style attributes.</summary>
    public const string Font = Palette.Font;

    public const string Ink = Palette.Ink;
    public const string Soft = Palette.Soft;
    public const string Line = Palette.Line;
    public const string Card = Palette.Card;
    public const string Ground = Palette.Ground;
    public const string Callout = Palette.Callout;

    /// <summary>Accent colour of pages without a brand; templates use the accent of <see cref="Brand"/>.</summary>
    public const string Accent = Palette.Accent;

    public const string DarkInk = Palette.DarkInk;
    public const string DarkSoft = Palette.DarkSoft;
    public const string DarkLine = Palette.DarkLine;
    public const string DarkCard = Palette.DarkCard;
    public const string DarkGround = Palette.DarkGround;
    public const string DarkCallout = Palette.DarkCallout;

    public BrandOptions Brand => (Model as IBranded)?.Brand ?? BrandOptions.Default;

    /// <summary>A paragraph with its line ends as <c>&lt;br&gt;</c>.</summary>
    public IRawString Lines(string paragraph) => Raw(string.Join("<br>", paragraph.Split('\n').Select(line => Encode(UntrustedText.Clean(line)))));

    /// <summary>The side where lines of a language begin: <c>left</c> or <c>right</c>. Mail programs do not support <c>start</c>.</summary>
    public static string Start(string language) => Direction(language) == "rtl" ? "right" : "left";

    /// <summary>The side where lines of a language end: <c>left</c> or <c>right</c>.</summary>
    public static string End(string language) => Direction(language) == "rtl" ? "left" : "right";

    protected sealed override string Encode(string clean) => UntrustedText.Escape(clean);
}

/// <summary>A plain text page.</summary>
public abstract class TextPage<TModel> : Page<TModel>
{
    /// <summary>A horizontal line of hyphens.</summary>
    public static readonly string Rule = new('-', Wrapping.Columns);

    public static string Wrap(string text, string first = "", string indent = "") => Wrapping.Wrap(text, first, indent);

    /// <summary>A paragraph that keeps its line ends; each line is wrapped.</summary>
    public static string Lines(string paragraph, string indent = "") =>
        string.Join('\n', paragraph.Split('\n').Select(line => Wrap(line, indent, indent)));

    protected sealed override string Encode(string clean) => clean;
}
