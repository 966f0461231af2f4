using Newsletter.Zones;

namespace Newsletter.Tests.Zones;

public sealed class ZoneNamesTests
{
    private const string Tzdata = "/usr/share/zoneinfo";

    [Theory]
    // Places and Etc stay, in the spelling of the database.
    [InlineData("Europe/Berlin", "Europe/Berlin")]
    [InlineData("europe/zurich", "Europe/Zurich")]
    [InlineData(" EUROPE/VIENNA ", "Europe/Vienna")]
    [InlineData("Europe/Kyiv", "Europe/Kyiv")]
    [InlineData("America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires")]
    [InlineData("america/port-au-prince", "America/Port-au-Prince")]
    [InlineData("Etc/GMT+5", "Etc/GMT+5")]
    [InlineData("etc/gmt-14", "Etc/GMT-14")]
    [InlineData("Etc/UTC", "Etc/UTC")]
    // tzdb links these to another country's.
    [InlineData("Europe/Stockholm", "Europe/Stockholm")]
    [InlineData("Europe/Amsterdam", "Europe/Amsterdam")]
    [InlineData("Atlantic/Reykjavik", "Atlantic/Reykjavik")]
    [InlineData("Asia/Kuala_Lumpur", "Asia/Kuala_Lumpur")]
    [InlineData("Africa/Accra", "Africa/Accra")]
    [InlineData("Arctic/Longyearbyen", "Arctic/Longyearbyen")]
    // Old names follow their links.
    [InlineData("Asia/Calcutta", "Asia/Kolkata")]
    [InlineData("US/Eastern", "America/New_York")]
    [InlineData("us/pacific", "America/Los_Angeles")]
    [InlineData("Europe/Kiev", "Europe/Kyiv")]
    [InlineData("America/Buenos_Aires", "America/Argentina/Buenos_Aires")]
    [InlineData("Asia/Saigon", "Asia/Ho_Chi_Minh")]
    [InlineData("Asia/Rangoon", "Asia/Yangon")]
    [InlineData("America/Godthab", "America/Nuuk")]
    [InlineData("Pacific/Enderbury", "Pacific/Kanton")]
    [InlineData("America/Montreal", "America/Toronto")]
    [InlineData("Europe/Belfast", "Europe/London")]
    [InlineData("Japan", "Asia/Tokyo")]
    [InlineData("GB", "Europe/London")]
    [InlineData("NZ-CHAT", "Pacific/Chatham")]
    [InlineData("PRC", "Asia/Shanghai")]
    // Windows.
    [InlineData("W. Europe Standard Time", "Europe/Berlin")]
    [InlineData("Central European Standard Time", "Europe/Warsaw")]
    [InlineData("central europe standard time", "Europe/Budapest")]
    [InlineData("Eastern Standard Time", "America/New_York")]
    [InlineData("US Eastern Standard Time", "America/Indiana/Indianapolis")]
    [InlineData("India Standard Time", "Asia/Kolkata")]
    [InlineData("FLE Standard Time", "Europe/Kyiv")]
    [InlineData("GMT Standard Time", "Europe/London")]
    [InlineData("Greenwich Standard Time", "Atlantic/Reykjavik")]
    [InlineData("Dateline Standard Time", "Etc/GMT+12")]
    // UTC.
    [InlineData("UTC", "UTC")]
    [InlineData("utc", "UTC")]
    [InlineData("Z", "UTC")]
    [InlineData("z", "UTC")]
    [InlineData("GMT", "UTC")]
    [InlineData("gmt", "UTC")]
    [InlineData("Zulu", "Etc/UTC")]
    [InlineData("GMT+0", "Etc/GMT")]
    [InlineData("UTC+0", "UTC")]
    [InlineData("+00:00", "UTC")]
    public void A_name_is_stored_as(string typed, string stored) => Assert.Equal(stored, ZoneNames.Of(typed));

    [Theory]
    [InlineData("CET", "abbreviation", "Europe/Berlin or Europe/Paris")]
    [InlineData("cest", "abbreviation", "Europe/Berlin")]
    [InlineData("MEZ", "abbreviation", "Europe/Berlin")]
    [InlineData("MET", "abbreviation", "Europe/Berlin")]
    [InlineData("EET", "abbreviation", "Europe/Athens")]
    [InlineData("WET", "abbreviation", "Europe/Lisbon")]
    [InlineData("EST", "abbreviation", "America/New_York")]
    [InlineData("MST", "abbreviation", "America/Denver")]
    [InlineData("HST", "abbreviation", "Pacific/Honolulu")]
    [InlineData("EST5EDT", "abbreviation", "America/New_York")]
    [InlineData("CST6CDT", "abbreviation", "America/Chicago")]
    [InlineData("MST7MDT", "abbreviation", "America/Denver")]
    [InlineData("PST8PDT", "abbreviation", "America/Los_Angeles")]
    [InlineData("PST", "abbreviation", "America/Los_Angeles")]
    [InlineData("BST", "abbreviation", "Europe/London")]
    [InlineData("IST", "abbreviation", "Asia/Kolkata")]
    [InlineData("JST", "abbreviation", "Asia/Tokyo.")]
    [InlineData("UTC+1", "offset", "Europe/Berlin or Europe/Paris, or Etc/GMT-1 for clocks that never change.")]
    [InlineData("GMT+2", "offset", "Etc/GMT-2")]
    [InlineData("gmt-03:30", "offset", "America/St_Johns.")]
    [InlineData("+0530", "offset", "Asia/Kolkata")]
    [InlineData("+01:00", "offset", "Europe/Berlin")]
    [InlineData("UTC−5", "offset", "America/New_York")]
    [InlineData("UTC-11", "offset", "Pacific/Pago_Pago")]
    [InlineData("UTC+12", "offset", "Pacific/Auckland")]
    public void What_is_no_place_is_refused_with_what_to_write(string typed, string what, string instead)
    {
        var reason = Assert.Throws<Refusal>(() => ZoneNames.Of($" {typed} ")).Message;
        Assert.StartsWith($"The time zone '{typed}' is an {what}, ", reason);
        Assert.Contains(instead, reason);
        Assert.All(ZoneQuestion.On(typed)!.Places, place => Assert.Equal(place, ZoneNames.Find(place)));
    }

    [Theory]
    [InlineData("Europe/Atlantis")]
    [InlineData("../../etc/passwd")]
    [InlineData("/usr/share/zoneinfo/UTC")]
    [InlineData("posix/Europe/Berlin")]
    [InlineData("right/Europe/Berlin")]
    [InlineData("posixrules")]
    [InlineData("localtime")]
    [InlineData("Factory")]
    [InlineData("Europe")]
    [InlineData("")]
    [InlineData("UTC\0")]
    [InlineData("UTC+99")]
    [InlineData("UTC+3:17")]
    [InlineData("UTC\n+1")]
    [InlineData("Standard Time")]
    public void Anything_else_is_unknown(string typed)
    {
        Assert.Null(ZoneNames.Find(typed));
        Assert.Null(ZoneQuestion.On(typed));
        Assert.Contains("IANA database", Assert.Throws<Refusal>(() => ZoneNames.Of(typed)).Message);
    }

    [Fact]
    public void What_is_offered_is_stored_as_it_is()
    {
        Assert.Equal("UTC", ZoneNames.Offered[0]);
        Assert.True(ZoneNames.Offered.Count > 400);
        Assert.All(ZoneNames.Offered, name => Assert.Equal(name, ZoneNames.Find(name)));
        Assert.Contains("Europe/Stockholm", ZoneNames.Offered);
        Assert.DoesNotContain("Europe/Kiev", ZoneNames.Offered);
    }

    [Fact]
    public void Every_stored_name_is_known_to_this_machine_by_one_name_or_another() =>
        Assert.All(ZoneNames.Offered, name => Assert.NotNull(Zone.Of(name).Machine));

    /// <summary>Debian and Ubuntu have these files with tzdata; elsewhere there is nothing to compare with.</summary>
    [Fact]
    public void All_names_of_the_machines_database_are_understood()
    {
        if (!File.Exists($"{Tzdata}/tzdata.zi") || !File.Exists($"{Tzdata}/zone.tab"))
        {
            return;
        }
        var places = File.ReadLines($"{Tzdata}/zone.tab").Where(line => !line.StartsWith('#')).Select(line => line.Split('\t')[2]).ToHashSet();
        Assert.All(places, place => Assert.Equal(place, ZoneNames.Of(place)));

        var lines = File.ReadLines($"{Tzdata}/tzdata.zi").Select(line => line.Split(' ')).ToList();
        var links = lines.Where(words => words[0] == "L").ToDictionary(words => words[2], words => words[1]);
        var names = lines.Where(words => words[0] == "Z").Select(words => words[1]).Concat(links.Keys).ToList();
        Assert.True(names.Count > 500);
        foreach (var name in names.Where(name => name != "Factory" && ZoneQuestion.On(name) is null))
        {
            var stored = ZoneNames.Of(name);
            Assert.NotNull(Zone.Of(name).Machine);
            Assert.NotNull(Zone.Of(stored).Machine);
            Assert.True(places.Contains(stored) || stored == "UTC" || stored.StartsWith("Etc/", StringComparison.Ordinal), $"{name} became {stored}");
            if (!places.Contains(name) && stored != "UTC" && name != stored)
            {
                Assert.Equal(links[name], stored);
            }
        }
    }
}
