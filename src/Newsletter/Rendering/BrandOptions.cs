using System.Globalization;
using Newsletter.Mime;

namespace Newsletter.Rendering;

/// <summary>How mails look: the configuration section <c>Brand</c>.</summary>
public sealed class BrandOptions
{
    public static readonly BrandOptions Default = new();

    private const double LeastContrast = 4.5; // WCAG 2.2, 1.4.3, level AA
    private const double LeastOnDark = 6;
    private const int LongestName = 60;
    private const int LongestFooter = 500;
    private const int LongestUrl = 2000;

    /// <summary>Whose newsletter it is, above the digest's name: up to 60 characters. Not set: the digest's name stands alone.</summary>
    public string? Name { get; set; }

    /// <summary>In place of <see cref="Name"/>, which is then its alternative text: a picture 32 pixels high, https.</summary>
    public string? LogoUrl { get; set; }

    /// <summary>Of titles, links and lines: <c>#rrggbb</c>, dark enough to be read on white.</summary>
    public string AccentColour { get; set; } = Palette.Accent;

    /// <summary>One paragraph of up to 500 characters above the postal address.</summary>
    public string? FooterText { get; set; }

    /// <summary>The accent as light as it takes to be read on a dark card.</summary>
    public string AccentOnDark
    {
        get
        {
            var light = AccentColour;
            for (var step = 1; Contrast.Ratio(light, Palette.DarkCallout) < LeastOnDark; step++)
            {
                light = Contrast.Lightened(AccentColour, step / 20.0);
            }

            return light;
        }
    }

    /// <exception cref="Refusal">Invalid, naming the setting and what it must be.</exception>
    public BrandOptions Checked()
    {
        if (Name is { } name && (name.Length > LongestName || name.Any(char.IsControl)))
        {
            throw Refusal.Invalid($"Brand:Name must be one line of up to {LongestName} characters.");
        }

        if (LogoUrl is { Length: > 0 } logo && (logo.Length > LongestUrl || !Uri.TryCreate(logo, UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttps))
        {
            throw Refusal.Invalid("Brand:LogoUrl must be an absolute https address: mail programs show no other pictures.");
        }

        if (FooterText is { } footer && (footer.Length > LongestFooter || footer.Any(char.IsControl)))
        {
            throw Refusal.Invalid($"Brand:FooterText must be one line of up to {LongestFooter} characters.");
        }

        if (AccentColour.Length != 7 || AccentColour[0] != '#' || !AccentColour.Skip(1).All(char.IsAsciiHexDigit))
        {
            throw Refusal.Invalid($"Brand:AccentColour must be a colour as #2348b8, and is '{UntrustedText.OneLine(AccentColour, LongestName)}'.");
        }

        if (Contrast.Ratio(AccentColour, Palette.Card) is var ratio and < LeastContrast)
        {
            throw Refusal.Invalid(string.Create(CultureInfo.InvariantCulture,
                $"Brand:AccentColour {AccentColour} has a contrast of {Math.Floor(ratio * 100) / 100:0.00}:1 on white, and text needs {LeastContrast}:1: choose a darker one."));
        }

        return this;
    }
}
