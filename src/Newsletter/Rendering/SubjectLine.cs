using System.Globalization;
using Newsletter.Mime;

namespace Newsletter.Rendering;

/// <summary>The subject of a digest's mail: what inboxes show of it is about sixty characters.</summary>
public static class SubjectLine
{
    public const int Limit = 60;

    /// <summary>A title on one line, cut between words where it is too long; a script without spaces is cut between characters.</summary>
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
