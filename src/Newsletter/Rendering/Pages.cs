using System.Globalization;
using Microsoft.AspNetCore.Html;
using RazorLight;
using RazorLight.Text;

namespace Newsletter.Rendering;

/// <summary>What every template can use. Whatever a template writes with <c>@</c> is data, except a <see cref="Mark"/> and <c>@Raw(…)</c>.</summary>
public abstract class Page<TModel> : TemplatePage<TModel>
{
    public sealed override void Write(object value)
    {
        switch (value)
        {
            case null:
                break;
            case Mark mark:
                WriteLiteral(OutsideText.TokenOf(mark).ToString());
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
            WriteLiteral(Encode(OutsideText.Clean(value)));
        }
    }

    /// <summary>The direction of a language's script: <c>ltr</c> or <c>rtl</c>.</summary>
    public static string Direction(string language) =>
        language.Split('-')[0].ToLowerInvariant() is "ar" or "ckb" or "dv" or "fa" or "he" or "ps" or "sd" or "ug" or "ur" or "yi" ? "rtl" : "ltr";

    protected abstract string Encode(string clean);
}

/// <summary>A page whose data is escaped for HTML.</summary>
public abstract class HtmlPage<TModel> : Page<TModel>
{
    /// <summary>No quotes inside: it stands in style attributes, and so in the quotes of those.</summary>
    public const string Font = "-apple-system,BlinkMacSystemFont,Segoe UI,Roboto,Helvetica,Arial,sans-serif";

    public const string Ink = "#1f2430";
    public const string Soft = "#565d6d";
    public const string Accent = "#2348b8";
    public const string Line = "#e3e6ed";
    public const string Card = "#ffffff";
    public const string Ground = "#f2f4f8";
    public const string Callout = "#eef3ff";

    protected sealed override string Encode(string clean) => OutsideText.Escape(clean);
}

/// <summary>A page of plain text.</summary>
public abstract class TextPage<TModel> : Page<TModel>
{
    /// <summary>A line across the page.</summary>
    public static readonly string Rule = new('-', Wrapping.Columns);

    public static string Wrap(string text, string first = "", string indent = "") => Wrapping.Wrap(text, first, indent);

    protected sealed override string Encode(string clean) => clean;
}
