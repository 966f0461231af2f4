using System.Text;
using Newsletter.Subscribers;
using Newsletter.Tests.Subscribers;
using Newsletter.Transfer;

namespace Newsletter.Tests.Transfer;

/// <summary>A list as it comes from elsewhere: zones under the names of several systems.</summary>
public sealed class ZoneImportTests : PeopleTest
{
    private static readonly (string Typed, string? Stored)[] Rows =
    [
        ("europe/zurich", "Europe/Zurich"), ("Asia/Calcutta", "Asia/Kolkata"), ("US/Eastern", "America/New_York"),
        ("W. Europe Standard Time", "Europe/Berlin"), ("Europe/Kiev", "Europe/Kyiv"), ("CET", null), ("EST", null), ("GMT", "UTC"),
        ("Etc/GMT+5", "Etc/GMT+5"), ("UTC+1", null), ("Europe/Kyiv", "Europe/Kyiv"),
        ("America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"), ("Central European Standard Time", "Europe/Warsaw"),
        ("Eastern Standard Time", "America/New_York"), ("Z", "UTC"), ("PST8PDT", null), ("Mars/Olympus", null), ("", "UTC"),
    ];

    private static string File => "email,timezone\n" + string.Concat(Rows.Select((row, i) => $"tz{i}@example.org,{row.Typed}\n"));

    [Fact]
    public async Task Each_is_stored_under_one_name_or_rejected_with_what_to_write()
    {
        var report = await RunAsync(File);

        Assert.Equal((13, 5), (report.Imported, report.RejectedRows));
        foreach (var (row, i) in Rows.Select((row, i) => (row, i)))
        {
            Assert.Equal(row.Stored, (await FindAsync($"tz{i}@example.org"))?.Preferences.Timezone);
        }
        Assert.Equal(
            [
                (7, "The time zone 'CET' is an abbreviation, which does not name a place: "
                    + "write the place, such as Europe/Berlin or Europe/Paris."),
                (8, "The time zone 'EST' is an abbreviation, which does not name a place: "
                    + "write the place, such as America/New_York or America/Toronto."),
                (11, "The time zone 'UTC+1' is an offset, which does not say when clocks change: "
                    + "write the place, such as Europe/Berlin or Europe/Paris, or Etc/GMT-1 for clocks that never change."),
                (17, "The time zone 'PST8PDT' is an abbreviation, which does not name a place: "
                    + "write the place, such as America/Los_Angeles or America/Vancouver."),
                (18, "The time zone is not one of the IANA database: write a name such as Europe/Berlin."),
            ],
            report.Rejected.Select(r => ((int)r.Line, r.Reason)));
    }

    [Fact]
    public async Task The_same_file_and_what_was_exported_change_nothing()
    {
        await RunAsync(File);

        var again = await RunAsync(File);
        Assert.Equal((0, 0, 13), (again.Imported, again.Updated, again.Unchanged));
        var exported = new MemoryStream();
        await Export.RunAsync(exported, default);
        exported.Position = 0;
        var back = await Import.RunAsync(exported, "event 2027", "cli", default);
        Assert.Equal((0, 0, 13, 0), (back.Imported, back.Updated, back.Unchanged, back.RejectedRows));
    }

    [Fact]
    public async Task A_zone_that_is_left_alone_stays_whatever_it_is()
    {
        var reader = await AddConfirmedAsync("old@example.org");
        await ExecuteAsync("update subscribers set timezone = 'EST'");

        var saved = await PreferenceChange.ApplyAsync(reader.Id, known => known with { Hour = 8, Timezone = " EST " });

        Assert.Equal(("EST", 8), (saved.Preferences.Timezone, saved.Preferences.Hour));
        await Assert.ThrowsAsync<Refusal>(() => PreferenceChange.ApplyAsync(reader.Id, known => known with { Timezone = "CET" }));
    }

    private Task<ImportReport> RunAsync(string csv) => Import.RunAsync(new MemoryStream(Encoding.UTF8.GetBytes(csv)), "event 2027", "cli", default);
}
