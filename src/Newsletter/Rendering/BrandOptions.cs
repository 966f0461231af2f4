using System.Globalization;
using Newsletter.Mime;

namespace Newsletter.Rendering;

/// <summary>Configuration section <c>Brand</c>: the appearance of mails.</summary>
public sealed class BrandOptions
{
    public static readonly BrandOptions Default = new();

    private const double MinContrast = 4.5; // WCAG 2.2, 1.4.3, level AA
    private const double MinContrastOnDark = 6;
    private const int LongestName = 60;
    private const int LongestFooter = 500;
    private const int LongestUrl = 2000;

    /// <summary>Publisher's name, shown above the digest's name; at most 60 characters. Null: only the digest's name is shown.</summary>
    public string? Name { get; set; }

    /// <summary>https URL of an image, shown 32 pixels high instead of <see cref="Name"/>, which becomes its alternative text.</summary>
    public string? LogoUrl { get; set; }

    /// <summary>Colour of titles, links and lines: <c>#rrggbb</c>, with a contrast of at least 4.5 on white.</summary>
    public string AccentColour { get; set; } = Palette.Accent;

    /// <summary>One paragraph above the postal address; at most 500 characters.</summary>
    public string? FooterText { get; set; }

    /// <summary>The accent colour, lightened until its contrast on the dark callout is at least 6.</summary>
    public string AccentOnDark
    {
        get
        {
            var light = AccentColour;
            for (var step = 1; Contrast.Ratio(light, Palette.DarkCallout) < MinContrastOnDark; step++)
            {
                light = Contrast.Lightened(AccentColour, step / 20.0);
            }

            return light;
        }
    }

    /// <exception cref="Refusal">Invalid: names the setting and its allowed values.</exception>
    public BrandOptions Checked()
    {
        if (Name is { } name && (name.Length > LongestName || name.Any(char.IsControl)))
        {
            throw Refusal.Invalid($"Brand:Name must be one line of up to {LongestName} characters.");
        }

        if (LogoUrl is { Length: > 0 } logo
            && (logo.Length > LongestUrl || !Uri.TryCreate(logo, UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttps))
        {
            throw Refusal.Invalid("Brand:LogoUrl must be an absolute https address: mail programs do not show images from other addresses.");
        }

        if (FooterText is { } footer && (footer.Length > LongestFooter || footer.Any(char.IsControl)))
        {
            throw Refusal.Invalid($"Brand:FooterText must be one line of up to {LongestFooter} characters.");
        }

        if (AccentColour.Length != 7 || AccentColour[0] != '#' || !AccentColour.Skip(1).All(char.IsAsciiHexDigit))
        {
            throw Refusal.Invalid($"Brand:AccentColour must be a colour such as #2348b8, but is '{UntrustedText.OneLine(AccentColour, LongestName)}'.");
        }

        if (Contrast.Ratio(AccentColour, Palette.Card) is var ratio and < MinContrast)
        {
            throw Refusal.Invalid(string.Create(CultureInfo.InvariantCulture,
                $"Brand:AccentColour {AccentColour} has a contrast of {Math.Floor(ratio * 100) / 100:0.00}:1 on white, "
                + $"and text needs {MinContrast}:1: choose a darker one."));
        }

        return this;
    }
}
