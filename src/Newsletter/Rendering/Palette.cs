namespace Newsletter.Rendering;

/// <summary>Font and colours of mails and pages. Templates use the same names.</summary>
internal static class Palette
{
    public const string Font = "-apple-system,BlinkMacSystemFont,Segoe UI,Roboto,Helvetica,Arial,sans-serif";
    public const string Ink = "#1d2330";
    public const string Soft = "#565d6d";
    public const string Line = "#e1e5ec";
    public const string Card = "#ffffff";
    public const string Ground = "#eff1f5";
    public const string Callout = "#f4f6fa";
    public const string Accent = "#1f40a8";

    // Not pure black and white: both are too harsh for tired eyes, and where Gmail inverts the colours of a mail.
    public const string DarkInk = "#e6e9f0";
    public const string DarkSoft = "#a9b1c2";
    public const string DarkLine = "#333a4b";
    public const string DarkCard = "#1a1e28";
    public const string DarkGround = "#11141b";
    public const string DarkCallout = "#242a38";
}
