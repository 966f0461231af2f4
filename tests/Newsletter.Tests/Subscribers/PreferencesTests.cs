using Newsletter.Subscribers;

namespace Newsletter.Tests.Subscribers;

public sealed class PreferencesTests
{
    [Fact]
    public void What_was_typed_is_trimmed_and_repetitions_go()
    {
        var chosen = new Preferences
        {
            Name = "  Ann Lee ", Roles = [" CTO ", "cto", "", "PM"], Topics = [" RAG", "rag ", "Agents"], MutedTopics = [" "],
            Cadence = " Weekly ", Timezone = " Europe/Berlin ", Depth = "FULL", TooFew = "", Language = "pt-BR",
        }.Checked();
        Assert.Equal("Ann Lee", chosen.Name);
        Assert.Equal(["CTO", "PM"], chosen.Roles);
        Assert.Equal(["RAG", "Agents"], chosen.Topics);
        Assert.Empty(chosen.MutedTopics);
        Assert.Equal(("weekly", "Europe/Berlin", "full", null, "pt-br"), (chosen.Cadence, chosen.Timezone, chosen.Depth, chosen.TooFew, chosen.Language));
    }

    public static TheoryData<Preferences, string> Bad => new()
    {
        { new() { Topics = ["RAG"], MutedTopics = ["rag "] }, "both followed and muted" },
        { new() { Topics = [.. Enumerable.Range(0, 51).Select(i => $"t{i}")] }, "more than 50 topics" },
        { new() { MutedTopics = [new string('t', 101)] }, "100 characters" },
        { new() { Topics = ["a;b"] }, "semicolon" },
        { new() { Topics = ["a\0b"] }, "topics followed" },
        { new() { Topics = ["half \ud800"] }, "topics followed" },
        { new() { Roles = [.. Enumerable.Range(0, 51).Select(i => $"role {i}")] }, "more than 50 roles" },
        { new() { Roles = [new string('r', 10_000)] }, "role label" },
        { new() { Roles = ["???"] }, "role label" },
        { new() { Roles = ["CTO;PM"] }, "semicolon" },
        { new() { Name = new string('n', 201) }, "200 characters" },
        { new() { Name = "Ann\r\nBcc: x@example.com" }, "name" },
        { new() { PausedUntil = DateOnly.MaxValue }, "2000 to 2999" },
        { new() { PausedUntil = DateOnly.MinValue }, "2000 to 2999" },
        { new() { Cadence = "hourly" }, "every, daily" },
        { new() { Weekday = 7 }, "weekday" },
        { new() { Weekday = -1 }, "weekday" },
        { new() { Hour = 24 }, "hour" },
        { new() { Hour = -1 }, "hour" },
        { new() { Depth = "deep" }, "brief, standard" },
        { new() { TooFew = "cry" }, "roll_over" },
        { new() { Language = "english language" }, "language" },
        { new() { Language = "e" }, "language" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_is_not_valid_is_refused_with_the_rule(Preferences preferences, string rule) =>
        Assert.Contains(rule, Assert.Throws<Refusal>(preferences.Checked).Message);

    [Theory]
    [InlineData("UTC")]
    [InlineData("Etc/GMT+5")]
    [InlineData("America/Argentina/Buenos_Aires")]
    public void IANA_zones_are_taken(string zone) => Assert.Equal(zone, new Preferences { Timezone = zone }.Checked().Timezone);

    [Theory]
    [InlineData("UTC-11")]
    [InlineData("CET")]
    [InlineData("Europe/Atlantis")]
    [InlineData("../../etc/passwd")]
    [InlineData("/usr/share/zoneinfo/UTC")]
    [InlineData("posix/Europe/Berlin")]
    [InlineData("posixrules")]
    [InlineData("localtime")]
    [InlineData("Europe")]
    [InlineData("UTC\0")]
    [InlineData("+01:00")]
    public void Other_zones_are_refused(string zone) =>
        Assert.Contains("time zone", Assert.Throws<Refusal>(new Preferences { Timezone = zone }.Checked).Message);
}
