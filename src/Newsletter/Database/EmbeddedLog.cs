using System.Globalization;

namespace Newsletter.Database;

/// <summary>The log of the embedded server: a server that stopped for want of room told nobody else.</summary>
public static class EmbeddedLog
{
    internal const string NoSpace = "No space left on device";

    private const int LongestTail = 64 * 1024;
    private static readonly TimeSpan Recently = TimeSpan.FromMinutes(10);

    /// <summary>Whether its last lines, of the last ten minutes before the newest, say that the disk is full.</summary>
    public static bool SaysNoSpace(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            file.Seek(-Math.Min(LongestTail, file.Length), SeekOrigin.End);
            using var reader = new StreamReader(file);
            var lines = reader.ReadToEnd().Split('\n').Select(line => (At: TimeOf(line), Line: line)).Where(line => line.At is not null).ToList();
            return lines.Any(line => line.Line.Contains(NoSpace, StringComparison.Ordinal) && line.At >= lines[^1].At - Recently);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>As log_line_prefix writes it where nobody set another, in UTC.</summary>
    private static DateTime? TimeOf(string line) =>
        line.Length > 19 && DateTime.TryParseExact(line.AsSpan(0, 19), "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)
            ? at
            : null;
}
