using System.Globalization;
using System.Text.RegularExpressions;
using Newsletter.Addresses;
using Newsletter.Subscribers;

namespace Newsletter.Transfer;

/// <summary>One valid row of a subscriber file.</summary>
/// <param name="Line">From 1, including the header.</param>
/// <param name="Status"><c>pending</c>, <c>confirmed</c> or <c>unsubscribed</c>; null when the row does not give one.</param>
public sealed partial record ImportRow(long Line, EmailAddress Address, Preferences Preferences, string? Status)
{
    /// <param name="cell">The text of a column, trimmed; empty when the file has no such column.</param>
    /// <exception cref="Refusal">Invalid, with the rule that is violated.</exception>
    public static ImportRow Read(long line, Func<string, string> cell) =>
        new(line, EmailAddress.Parse(SubscriberColumns.Unescape(cell("email"))), new Preferences
        {
            Name = SubscriberColumns.Unescape(cell("name")),
            Roles = Entries(cell("roles")),
            Topics = Entries(cell("topics")),
            MutedTopics = Entries(cell("muted_topics")),
            Cadence = cell("cadence"),
            Weekday = SubscriberColumns.Weekday(Whole(cell("weekday"))),
            Timezone = cell("timezone"),
            Hour = Hour(cell("hour")),
            Depth = cell("depth"),
            TooFew = cell("too_few"),
            Language = cell("language"),
            PausedUntil = Day(cell("paused_until")),
        }.Checked(), StatusOf(cell("status")));

    private static string[] Entries(string cell) =>
        [.. cell.Split(SubscriberColumns.Divider).Select(SingleLine.Trim).Where(e => e.Length > 0).Select(SubscriberColumns.Unescape)];

    private static int? Hour(string cell) =>
        cell.Length == 0 ? null
        : int.TryParse(Whole(FullHour().Replace(cell, "")), NumberStyles.None, CultureInfo.InvariantCulture, out var hour) && hour <= 23 ? hour
        : throw Refusal.Invalid("The hour must be a whole number from 0 to 23, such as 8 or 08:00.");

    private static DateOnly? Day(string cell) =>
        cell.Length == 0 ? null
        : DateOnly.TryParseExact(Midnight().Replace(cell, ""), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
        : throw Refusal.Invalid("The date in paused_until must look like 2027-01-31.");

    /// <summary>The number without what spreadsheets add to it: <c>8.0</c> and <c>08</c> become 8. Other texts are returned unchanged.</summary>
    private static string Whole(string cell) => WholeNumber().Match(cell) is { Success: true } number ? number.Groups[1].Value : cell;

    private static string? StatusOf(string cell) =>
        cell.Length == 0 ? null
        : cell.ToLowerInvariant() is var status and (SubscriberStatus.Pending or SubscriberStatus.Confirmed or SubscriberStatus.Unsubscribed) ? status
        : throw Refusal.Invalid("The status must be confirmed, pending or unsubscribed.");

    [GeneratedRegex(@"^0{0,9}([0-9]{1,9})(?:[.,]0{0,9})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex WholeNumber();

    /// <summary>What may follow the hour, as in <c>8:00</c>.</summary>
    [GeneratedRegex(@"(?<=^[0-9]+):00(?::00)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex FullHour();

    /// <summary>What may follow a day that was written as a time.</summary>
    [GeneratedRegex(@"[T ]00:00(?::00(?:\.0+)?)?(?:Z|\+00:00)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Midnight();
}
