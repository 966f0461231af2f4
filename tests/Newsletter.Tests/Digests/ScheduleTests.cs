using System.Globalization;
using Newsletter.Digests;

namespace Newsletter.Tests.Digests;

public sealed class ScheduleTests
{
    [Theory]
    [InlineData("0 8 * * MON", "Europe/Berlin", "2026-03-02T09:00Z", "2026-03-09T07:00Z")]
    // Clocks go forward on 29 March: 02:30 does not exist, and comes once all the same.
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00Z", "2026-03-29T01:00Z")]
    // Clocks go back on 25 October: 02:30 comes twice, and counts once.
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-25T00:30Z", "2026-10-26T01:30Z")]
    [InlineData("7 2 * * *", "Europe/Berlin", "2026-03-28T12:00Z", "2026-03-29T01:00Z")]
    [InlineData("59 2 * * *", "Europe/Berlin", "2026-03-28T12:00Z", "2026-03-29T01:00Z")]
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-25T01:15Z", "2026-10-26T01:30Z")]
    [InlineData("0 * * * *", "Europe/Berlin", "2026-10-25T00:00Z", "2026-10-25T02:00Z")]
    [InlineData("0 * * * *", "Europe/Berlin", "2026-03-29T00:00Z", "2026-03-29T01:00Z")]
    [InlineData("0 * * * *", "Europe/Berlin", "2026-03-29T01:00Z", "2026-03-29T02:00Z")]
    // In these zones winter is the exception, and .NET does not say what clocks skip.
    [InlineData("30 1 * * *", "Europe/Dublin", "2027-03-27T12:00Z", "2027-03-28T01:00Z")]
    [InlineData("30 1 * * *", "Europe/Dublin", "2027-03-28T01:00Z", "2027-03-29T00:30Z")]
    [InlineData("0 * * * *", "Europe/Dublin", "2027-03-28T00:00Z", "2027-03-28T01:00Z")]
    [InlineData("*/30 * * * *", "Europe/Dublin", "2027-03-28T00:30Z", "2027-03-28T01:00Z")]
    [InlineData("30 2 * * *", "Africa/Casablanca", "2027-03-13T12:00Z", "2027-03-14T02:00Z")]
    public void Occurrences_follow_the_clocks_of_the_zone(string cron, string zone, string after, string next) =>
        Assert.Equal(Utc(next), Schedule.Next(cron, zone, Utc(after)));

    /// <summary>A next occurrence that is not later would be planned again and again.</summary>
    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("Europe/Dublin")]
    [InlineData("Africa/Casablanca")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("America/Havana")]
    [InlineData("Africa/Cairo")]
    [InlineData("Pacific/Apia")]
    public void The_next_occurrence_is_later_and_about_a_day_or_a_quarter_away(string zone)
    {
        foreach (var cron in (string[])["30 0 * * *", "30 1 * * *", "0 2 * * *", "30 2 * * *", "0 3 * * *", "0 */6 * * *"])
        {
            var last = Schedule.Next(cron, zone, Utc("2026-01-01T00:00Z"))!.Value;
            while (last.Year < 2028)
            {
                var next = Schedule.Next(cron, zone, last)!.Value;
                Assert.True(next > last);
                Assert.InRange(next - last, TimeSpan.FromHours(4), TimeSpan.FromHours(26));
                Assert.Equal(next, Schedule.Next(cron, zone, next.AddSeconds(-1)));
                last = next;
            }
        }
    }

    [Fact]
    public void A_day_that_never_comes_has_no_occurrence() =>
        Assert.Null(Schedule.Next("0 8 30 2 *", "UTC", Utc("2026-01-01T00:00Z")));

    [Theory]
    [InlineData("2026-12-01T08:00", "2026-12-01T07:00Z")]
    [InlineData("2026-12-01 08:00", "2026-12-01T07:00Z")]
    [InlineData("2026-12-01T08:00Z", "2026-12-01T08:00Z")]
    [InlineData("2026-12-01T08:00+05:30", "2026-12-01T02:30Z")]
    // Clocks show it twice: the first, as for occurrences.
    [InlineData("2026-10-25T02:30", "2026-10-25T00:30Z")]
    [InlineData("2026-10-25T02:30+01:00", "2026-10-25T01:30Z")]
    public void A_typed_time_is_that_of_the_zone_unless_it_says_otherwise(string text, string utc) =>
        Assert.Equal(Utc(utc), Schedule.ParseTime(text, "Europe/Berlin"));

    [Theory]
    [InlineData("tomorrow")]
    [InlineData("2026-02-30T08:00")]
    [InlineData("2026-03-29T02:30")]
    [InlineData("0001-01-01T00:00")]
    [InlineData("9999-12-31T23:59")]
    public void A_time_that_cannot_be_is_refused(string text) =>
        Assert.Equal(RefusalKind.Invalid, Assert.Throws<Refusal>(() => Schedule.ParseTime(text, "Europe/Berlin")).Kind);

    [Theory]
    [InlineData("every monday", "UTC")]
    [InlineData("0 8 * *", "UTC")]
    [InlineData("0 8 * * MON", "Mars/Olympus")]
    public void A_schedule_that_cannot_be_is_refused(string cron, string zone) =>
        Assert.Throws<Refusal>(() => Schedule.Next(cron, zone, Utc("2026-01-01T00:00Z")));

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
