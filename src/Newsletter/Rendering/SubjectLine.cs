using System.Globalization;
using Newsletter.Mime;

namespace Newsletter.Rendering;

/// <summary>The subject of a digest mail. Inboxes show about 60 characters of it.</summary>
public static class SubjectLine
{
    public const int Limit = 60;

    /// <summary>The title on one line, truncated to 60 characters between words, or between characters in scripts without spaces.</summary>
    public static string Of(string title)
    {
        var line = UntrustedText.OneLine(title);
        if (new StringInfo(line).LengthInTextElements <= Limit && line.Length <= Limit)
        {
            return line;
        }

        var cut = UntrustedText.OneLine(line, Limit)[..^1];
        var space = cut.LastIndexOf(' ');
        var isWhole = line.Length > cut.Length && line[cut.Length] == ' ';
        return (isWhole || space < Limit / 2 ? cut : cut[..space]).TrimEnd(' ', ',', ';', ':', '–', '—', '-', '.') + "…";
    }
}
