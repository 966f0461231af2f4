using System.Globalization;
using CsvHelper;
using Newsletter.Subscribers;

namespace Newsletter.Transfer;

/// <summary>
/// Exports all subscribers, including those who unsubscribed, as the CSV file that <see cref="SubscriberImport"/> reads: UTF-8 without a byte
/// order mark. Text that a spreadsheet would treat as a formula gets an apostrophe before it.
/// </summary>
public sealed class SubscriberExport(SubscriberStore subscribers)
{
    private const int Page = 5000;

    /// <returns>The number of subscribers written.</returns>
    public async Task<long> RunAsync(Stream csv, CancellationToken cancel)
    {
        await using var writer = CsvWriter.Create(csv, CsvWriterOptions.Default, leaveOpen: true);
        await writer.WriteRecordAsync([.. SubscriberColumns.Names], cancel);
        var (count, last) = (0L, 0L);
        while (true)
        {
            var page = await subscribers.ListAsync(null, Page, last);
            foreach (var subscriber in page)
            {
                await writer.WriteRecordAsync(Cells(subscriber), cancel);
            }

            count += page.Count;
            if (page.Count < Page)
            {
                break;
            }

            last = page[^1].Id;
        }
        await writer.FlushAsync(cancel);
        return count;
    }

    /// <summary>In the order of <see cref="SubscriberColumns.Names"/>.</summary>
    private static string[] Cells(Subscriber subscriber)
    {
        var p = subscriber.Preferences;
        return
        [
            SubscriberColumns.Escape(subscriber.Email), SubscriberColumns.Escape(p.Name ?? ""), Join(p.Roles.Select(WithoutDivider)),
            Join(p.Topics), Join(p.MutedTopics),
            p.Cadence, p.Weekday is { } day ? SubscriberColumns.Weekdays[day] : "", p.Timezone,
            p.Hour?.ToString(CultureInfo.InvariantCulture) ?? "", p.Depth ?? "", p.TooFew ?? "", p.Language ?? "",
            p.PausedUntil?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "", subscriber.Status,
        ];
    }

    // A label of an article may contain a semicolon. With a comma instead it means the same role; see RoleLabel.Normalise.
    private static string WithoutDivider(string role) => role.Replace(SubscriberColumns.Divider, ',');

    // Each entry is escaped separately: if a spreadsheet splits columns at semicolons, each entry begins a cell.
    private static string Join(IEnumerable<string> entries) => string.Join(SubscriberColumns.Divider, entries.Select(SubscriberColumns.Escape));
}
