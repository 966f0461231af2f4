using Newsletter.Planning;

namespace Newsletter.Tests.Planning;

/// <summary>2 March 2026 is a Monday.</summary>
public sealed class CadenceRuleTests
{
    private static readonly DateOnly Monday = new(2026, 3, 2);

    private static bool Wants(Cadence cadence, DateOnly today, DateOnly? last, DayOfWeek? weekday = null) =>
        CadenceRule.Wants(cadence, weekday, today, last, DateOnly.MinValue);

    /// <summary>Days of mail of a reader to whom digests come on these days.</summary>
    private static List<DateOnly> MailsOf(Cadence cadence, IEnumerable<DateOnly> occurrences, DayOfWeek? weekday = null, DateOnly confirmed = default)
    {
        var mails = new List<DateOnly>();
        foreach (var day in occurrences)
        {
            if (CadenceRule.Wants(cadence, weekday, day, mails.Count == 0 ? null : mails[^1], confirmed))
            {
                mails.Add(day);
            }
        }
        return mails;
    }

    private static IEnumerable<DateOnly> Days(int count, int step = 1) => Enumerable.Range(0, count).Select(i => Monday.AddDays(i * step));

    [Fact]
    public void Every_takes_all_occurrences_also_two_on_a_day() =>
        Assert.Equal(4, MailsOf(Cadence.Every, [Monday, Monday, Monday.AddDays(1), Monday.AddDays(1)]).Count);

    [Fact]
    public void Daily_takes_one_a_day() =>
        Assert.Equal([Monday, Monday.AddDays(1)], MailsOf(Cadence.Daily, [Monday, Monday, Monday.AddDays(1), Monday.AddDays(1)]));

    [Fact]
    public void Weekly_leaves_seven_days_between_two_mails() =>
        Assert.Equal([Monday, Monday.AddDays(7), Monday.AddDays(14)], MailsOf(Cadence.Weekly, Days(21)));

    [Fact]
    public void Weekly_on_a_day_comes_on_that_day_and_only_then_when_the_digest_does() =>
        Assert.Equal(
            [Monday.AddDays(3), Monday.AddDays(10), Monday.AddDays(17)],
            MailsOf(Cadence.Weekly, Days(21), DayOfWeek.Thursday, confirmed: Monday.AddDays(-1)));

    [Fact]
    public void Weekly_on_a_day_on_which_the_digest_never_comes_is_the_next_one_it_comes()
    {
        var tuesdaysAndSaturdays = Enumerable.Range(0, 4).SelectMany(week => new[] { Monday.AddDays((7 * week) + 1), Monday.AddDays((7 * week) + 5) });

        var mails = MailsOf(Cadence.Weekly, tuesdaysAndSaturdays, DayOfWeek.Thursday, confirmed: Monday);

        Assert.Equal([Monday.AddDays(5), Monday.AddDays(12), Monday.AddDays(19), Monday.AddDays(26)], mails);
    }

    [Fact]
    public void Weekly_never_starves_whatever_day_is_named_and_however_the_digest_comes()
    {
        foreach (var day in Enum.GetValues<DayOfWeek>())
        {
            foreach (var step in Enumerable.Range(1, 9))
            {
                var mails = MailsOf(Cadence.Weekly, Days(60, step), day, confirmed: Monday.AddDays(-8));

                Assert.All(mails.Zip(mails.Skip(1)), pair => Assert.InRange(pair.Second.DayNumber - pair.First.DayNumber, 1, 13 + step));
                Assert.All(mails.GroupBy(m => m.DayNumber - (((int)m.DayOfWeek - (int)day + 7) % 7)), week => Assert.Single(week));
            }
        }
    }

    [Theory]
    [InlineData("2026-01-31", "2026-02-27", false)]
    [InlineData("2026-01-31", "2026-02-28", true)]
    [InlineData("2028-01-31", "2028-02-28", false)]
    [InlineData("2028-01-31", "2028-02-29", true)]
    [InlineData("2026-03-31", "2026-04-29", false)]
    [InlineData("2026-03-31", "2026-04-30", true)]
    [InlineData("2026-12-15", "2027-01-14", false)]
    [InlineData("2026-12-15", "2027-01-15", true)]
    public void Monthly_comes_on_the_same_day_of_the_next_month_or_on_its_last(string last, string today, bool wanted) =>
        Assert.Equal(wanted, Wants(Cadence.Monthly, DateOnly.Parse(today, null), DateOnly.Parse(last, null)));

    [Fact]
    public void Monthly_begun_on_a_31st_comes_once_in_each_month_of_the_year() =>
        Assert.Equal(
            Enumerable.Range(1, 12),
            MailsOf(Cadence.Monthly, Enumerable.Range(0, 335).Select(i => new DateOnly(2026, 1, 31).AddDays(i))).Select(d => d.Month));

    [Fact]
    public void A_mail_that_is_planned_for_later_keeps_its_distance_too()
    {
        Assert.False(Wants(Cadence.Weekly, Monday, Monday.AddDays(3)));
        Assert.True(Wants(Cadence.Weekly, Monday, Monday.AddDays(7)));
        Assert.False(Wants(Cadence.Monthly, Monday, Monday.AddDays(30)));
        Assert.True(Wants(Cadence.Monthly, Monday, Monday.AddDays(31)));
        Assert.False(Wants(Cadence.Weekly, Monday, Monday.AddDays(6), DayOfWeek.Monday));
        Assert.True(Wants(Cadence.Weekly, Monday, Monday.AddDays(7), DayOfWeek.Monday));
    }

    [Fact]
    public void The_first_mail_comes_at_once_but_for_who_confirmed_in_the_middle_of_the_week_they_chose()
    {
        Assert.All(Enum.GetValues<Cadence>(), cadence => Assert.True(Wants(cadence, Monday, null)));
        Assert.Equal(Monday.AddDays(3), MailsOf(Cadence.Weekly, Days(14), DayOfWeek.Thursday, confirmed: Monday)[0]);
    }
}
