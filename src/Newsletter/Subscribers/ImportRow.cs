using System.Globalization;
using Newsletter.Addresses;

namespace Newsletter.Subscribers;

/// <summary>One valid row of a subscriber file.</summary>
/// <param name="Line">1-based, the header counted.</param>
/// <param name="Status"><c>pending</c>, <c>confirmed</c> or <c>unsubscribed</c>; null when the row does not say.</param>
public sealed record ImportRow(long Line, EmailAddress Address, Preferences Preferences, string? Status)
{
    /// <param name="cell">The text of a column, trimmed; empty when the file has no such column.</param>
    /// <exception cref="Refusal">Invalid, with the rule that is broken.</exception>
    public static ImportRow Read(long line, Func<string, string> cell) =>
        new(line, EmailAddress.Parse(cell("email")), new Preferences
        {
            Name = cell("name"),
            Roles = Entries(cell("roles")),
            Topics = Entries(cell("topics")),
            MutedTopics = Entries(cell("muted_topics")),
            Cadence = cell("cadence"),
            Weekday = SubscriberColumns.Weekday(cell("weekday")),
            Timezone = cell("timezone"),
            Hour = Hour(cell("hour")),
            Depth = cell("depth"),
            TooFew = cell("too_few"),
            Language = cell("language"),
            PausedUntil = Day(cell("paused_until")),
        }.Checked(), StatusOf(cell("status")));

    private static string[] Entries(string cell) =>
        [.. cell.Split(SubscriberColumns.Divider, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(SubscriberColumns.Unescape)];

    private static int? Hour(string cell) =>
        cell.Length == 0 ? null
        : int.TryParse(cell, NumberStyles.None, CultureInfo.InvariantCulture, out var hour) ? hour
        : throw Refusal.Invalid("The hour must be 0 to 23.");

    private static DateOnly? Day(string cell) =>
        cell.Length == 0 ? null
        : DateOnly.TryParseExact(cell, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
        : throw Refusal.Invalid("The date in paused_until must look like 2027-01-31.");

    private static string? StatusOf(string cell) =>
        cell.Length == 0 ? null
        : cell.ToLowerInvariant() is var status and ("pending" or "confirmed" or "unsubscribed") ? status
        : throw Refusal.Invalid("The status must be confirmed, pending or unsubscribed.");
}
