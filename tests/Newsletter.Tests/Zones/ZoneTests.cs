using Newsletter.Zones;
using NodaTime;

namespace Newsletter.Tests.Zones;

public sealed class ZoneTests
{
    private static readonly DateTimeOffset Monday = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("Europe/Berlin", 10)]
    // Old names, as they may stand in rows.
    [InlineData("Asia/Kolkata", 14)]
    [InlineData("Asia/Calcutta", 14)]
    [InlineData("US/Eastern", 4)]
    [InlineData("CET", 10)]
    public void Clocks_of_a_stored_name(string stored, int hour)
    {
        var zone = Zone.Of(stored);
        Assert.Equal((true, stored, hour), (zone.IsKnown, zone.Name, zone.Local(Monday).Hour));
        Assert.Equal(Monday, zone.At(zone.Local(Monday).DateTime));
    }

    [Theory]
    [InlineData("Mars/Olympus")]
    [InlineData("")]
    [InlineData("../../../etc/passwd")]
    public void What_nobody_knows_has_the_clocks_of_UTC_and_says_so(string stored)
    {
        var zone = Zone.Of(stored);
        Assert.Equal((false, null, "UTC"), (zone.IsKnown, zone.Machine, zone.Name));
        Assert.Equal((Monday, Monday), (zone.Local(Monday.ToOffset(TimeSpan.FromHours(3))), zone.At(Monday.DateTime)));
    }

    [Theory]
    [InlineData("Europe/Berlin", "2026-10-25T00:30Z", "02:30 +02:00")]
    [InlineData("Europe/Berlin", "2026-10-25T01:30Z", "02:30 +01:00")]
    [InlineData("Europe/Berlin", "2026-10-25T01:59Z", "02:59 +01:00")]
    [InlineData("Europe/Berlin", "2026-10-25T02:00Z", "03:00")]
    [InlineData("Europe/Berlin", "2026-10-24T23:59Z", "01:59")]
    [InlineData("Europe/Berlin", "2026-03-29T01:00Z", "03:00")]
    [InlineData("Europe/Dublin", "2026-10-25T00:30Z", "01:30 +01:00")]
    [InlineData("Africa/Casablanca", "2026-02-15T02:30Z", "02:30 +00:00")]
    [InlineData("Australia/Lord_Howe", "2026-04-04T15:15Z", "01:45 +10:30")]
    [InlineData("Asia/Kolkata", "2026-10-25T00:30Z", "06:00")]
    [InlineData("UTC", "2026-10-25T00:30Z", "00:30")]
    public void An_hour_that_comes_twice_is_shown_with_its_offset(string zone, string time, string shown) =>
        Assert.Equal(shown, Zone.Of(zone).Show(DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture), "HH:mm"));

    /// <summary>The rules that come with the program say what the machine's say, hour by hour around each change of clocks.</summary>
    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("Europe/Dublin")]
    [InlineData("America/New_York")]
    [InlineData("America/St_Johns")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("Pacific/Chatham")]
    [InlineData("Asia/Kathmandu")]
    [InlineData("Africa/Casablanca")]
    public void A_machine_without_the_zone_gets_the_same_times(string name)
    {
        var machine = Zone.Of(name);
        var ours = new Zone(name, null, DateTimeZoneProviders.Tzdb[name]);
        Assert.True(ours is { IsKnown: true, Machine: null });
        for (var time = new DateTimeOffset(2023, 1, 1, 0, 0, 0, TimeSpan.Zero); time.Year < 2025; time = time.AddHours(1))
        {
            Assert.Equal(machine.Local(time), ours.Local(time));
            Assert.Equal(machine.Local(time).Offset, ours.Local(time).Offset);
            Assert.Equal(machine.At(time.DateTime), ours.At(time.DateTime));
        }
    }
}
