using System.Globalization;
using System.Text;

namespace Newsletter.Cli;

/// <summary>Escapes control characters and direction marks as <c>\u001b</c>, so that untrusted text cannot control the terminal.</summary>
internal static class TerminalText
{
    public static string Escape(string text)
    {
        if (!text.Any(NeedsEscape))
        {
            return text;
        }
        var shown = new StringBuilder(text.Length + 16);
        foreach (var character in text)
        {
            _ = NeedsEscape(character) ? shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}") : shown.Append(character);
        }
        return shown.ToString();
    }

    // Joiners are allowed: they shape the letters of some scripts, and emoji.
    public static bool NeedsEscape(char character) => char.IsControl(character) || character is '\u2028' or '\u2029'
        || (SingleLine.IsInvisible(character) && character is not ('\u200C' or '\u200D'));
}
