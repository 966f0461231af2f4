using Newsletter.Planning;

namespace Newsletter.Tests.Planning;

public sealed class LocalTimesTests
{
    private static DateTimeOffset Utc(string time) => DateTimeOffset.Parse(time + "Z", null);

    [Fact]
    public void A_later_hour_of_the_day_is_due_then_and_one_that_has_passed_at_once()
    {
        var local = new LocalTimes("Europe/Berlin", Utc("2026-03-02T07:30"));

        Assert.Equal(new DateOnly(2026, 3, 2), local.Today);
        Assert.Equal(Utc("2026-03-02T17:00"), local.DueAt(18));
        Assert.Null(local.DueAt(8));
        Assert.Null(local.DueAt(0));
        Assert.Null(local.DueAt(null));
    }

    [Fact]
    public void The_day_is_the_readers_own()
    {
        Assert.Equal(new DateOnly(2026, 3, 3), new LocalTimes("Pacific/Auckland", Utc("2026-03-02T12:00")).Today);
        Assert.Equal(new DateOnly(2026, 3, 1), new LocalTimes("America/Los_Angeles", Utc("2026-03-02T07:00")).Today);
        Assert.Equal(Utc("2026-03-03T09:00"), new LocalTimes("Pacific/Auckland", Utc("2026-03-02T12:00")).DueAt(22));
    }

    [Theory]
    [InlineData("Europe/Berlin", "2026-03-28T23:30", 2, "2026-03-29T01:00")]
    [InlineData("America/New_York", "2026-03-08T05:30", 2, "2026-03-08T07:00")]
    [InlineData("Australia/Lord_Howe", "2026-10-03T14:00", 2, "2026-10-03T15:30")]
    // Where winter, or Ramadan, is the exception from the rule.
    [InlineData("Europe/Dublin", "2026-03-29T00:10", 1, "2026-03-29T01:00")]
    [InlineData("Africa/Casablanca", "2026-03-22T00:30", 2, "2026-03-22T02:00")]
    public void An_hour_that_clocks_skip_is_when_they_go_on(string zone, string at, int hour, string due) =>
        Assert.Equal(Utc(due), new LocalTimes(zone, Utc(at)).DueAt(hour));

    [Theory]
    [InlineData("Europe/Berlin", "2026-10-24T22:30", 2, "2026-10-25T00:00")]
    [InlineData("America/New_York", "2026-11-01T04:30", 1, "2026-11-01T05:00")]
    [InlineData("Australia/Lord_Howe", "2026-04-04T13:30", 2, "2026-04-04T15:30")]
    public void An_hour_that_comes_twice_is_the_first(string zone, string at, int hour, string due) =>
        Assert.Equal(Utc(due), new LocalTimes(zone, Utc(at)).DueAt(hour));

    [Fact]
    public void A_day_that_a_zone_skipped_is_nobodys_today()
    {
        Assert.Equal(new DateOnly(2011, 12, 29), new LocalTimes("Pacific/Apia", Utc("2011-12-30T09:59")).Today);
        Assert.Equal(new DateOnly(2011, 12, 31), new LocalTimes("Pacific/Apia", Utc("2011-12-30T10:00")).Today);
        Assert.Equal(Utc("2011-12-30T18:00"), new LocalTimes("Pacific/Apia", Utc("2011-12-30T10:00")).DueAt(8));
    }

    /// <summary>Whenever an edition is sent around a change of clocks, each reader's mail has one time, after it and on the same day.</summary>
    [Theory]
    [InlineData("Europe/Berlin", "2026-03-29")]
    [InlineData("Europe/Berlin", "2026-10-25")]
    [InlineData("America/New_York", "2026-03-08")]
    [InlineData("America/New_York", "2026-11-01")]
    [InlineData("Australia/Lord_Howe", "2026-04-05")]
    [InlineData("Australia/Lord_Howe", "2026-10-04")]
    [InlineData("Pacific/Apia", "2011-12-30")]
    [InlineData("America/Sao_Paulo", "2018-11-04")]
    public void No_mail_is_lost_or_early_around_a_change_of_clocks(string name, string day)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(name);
        var start = Utc(day + "T00:00").AddDays(-1.5);
        for (var at = start; at < start.AddDays(3); at = at.AddMinutes(10))
        {
            var now = TimeZoneInfo.ConvertTime(at, zone);
            var local = new LocalTimes(name, at);
            var before = at;
            foreach (var hour in Enumerable.Range(0, 24))
            {
                var due = local.DueAt(hour);
                // Nothing more of the wanted hour is to come.
                Assert.Equal(hour <= now.Hour, due is null);
                if (due is { } time)
                {
                    var then = TimeZoneInfo.ConvertTime(time, zone);
                    Assert.Equal(now.Date, then.Date);
                    Assert.True(time > before || (time == before && hour > 0), $"{at:u} {hour}");
                    Assert.InRange((then.TimeOfDay - TimeSpan.FromHours(hour)).TotalMinutes, 0, 60);
                    before = time;
                }
            }
        }
    }

    [Fact]
    public void A_zone_that_nobody_knows_counts_as_utc_and_says_so()
    {
        var local = new LocalTimes("Mars/Olympus", Utc("2026-03-02T09:00"));
        Assert.Equal((Utc("2026-03-02T11:00"), false), (local.DueAt(11), local.IsKnown));
        Assert.True(new LocalTimes("US/Eastern", Utc("2026-03-02T09:00")).IsKnown);
    }
}
