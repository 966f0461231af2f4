using System.Globalization;

namespace Newsletter.Database;

/// <summary>The log of the embedded server. When the server stops because the disk is full, only this log says so.</summary>
public static class EmbeddedLog
{
    internal const string NoSpace = "No space left on device";

    private const int LongestTail = 64 * 1024;
    private static readonly TimeSpan Recently = TimeSpan.FromMinutes(10);

    /// <summary>True if a line says that the disk is full. Checks the last 64 kB, and only lines at most 10 minutes older than the newest.</summary>
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

    /// <summary>Time in UTC in the format of PostgreSQL's default log_line_prefix; null for a line without it.</summary>
    private static DateTime? TimeOf(string line) =>
        line.Length > 19 && DateTime.TryParseExact(line.AsSpan(0, 19), "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)
            ? at
            : null;
}
