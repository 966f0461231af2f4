using System.Text;
using Newsletter.Tests.Subscribers;

namespace Newsletter.Tests.Transfer;

public sealed class SubscriberExportTests : PeopleTest
{
    [Fact]
    public async Task The_file_has_the_columns_of_the_import_and_the_rows_in_order()
    {
        await AddConfirmedAsync("ann@example.com", new()
        {
            Name = "Lee, \"Ann\"", Roles = ["CTO", "PM"], Topics = ["RAG", "Agents"], MutedTopics = ["Crypto"], Cadence = "weekly", Weekday = 0,
            Timezone = "Europe/Berlin", Hour = 0, Depth = "full", TooFew = "widen", Language = "en", PausedUntil = new(2027, 4, 1),
        });
        await Enrolment.AddAsync(Address("bob@example.com"), new(), confirmed: false, "cli");
        Assert.Equal(
            """"
            email,name,roles,topics,muted_topics,cadence,weekday,timezone,hour,depth,too_few,language,paused_until,status
            ann@example.com,"Lee, ""Ann""",CTO;PM,RAG;Agents,Crypto,weekly,sunday,Europe/Berlin,0,full,widen,en,2027-04-01,confirmed
            bob@example.com,,,,,every,,UTC,,,,,,pending

            """".ReplaceLineEndings("\r\n"), await TextAsync());
    }

    [Fact]
    public async Task No_cell_and_no_entry_of_a_cell_is_a_formula()
    {
        await AddConfirmedAsync("=cmd@example.com", new() { Name = "@SUM(A1)", Topics = ["RAG", "-2+3", "+1"], MutedTopics = ["=HYPERLINK(1)"] });
        var row = (await TextAsync()).Split("\r\n")[1];
        Assert.StartsWith("'=cmd@example.com,'@SUM(A1),,RAG;'-2+3;'+1,'=HYPERLINK(1),", row);
        Assert.DoesNotMatch("(^|[,;\"])[=+@-]", row);

        await AddConfirmedAsync("semicolons@example.com", new() { Name = "Bob;=1+1;+x;'-y" });
        var other = (await TextAsync()).Split("\r\n")[2];
        Assert.StartsWith("semicolons@example.com,Bob;'=1+1;'+x;''-y,", other);
        Assert.DoesNotMatch("(^|[,;\"])[=+@-]", other);
    }

    [Fact]
    public async Task What_was_exported_imports_as_it_was()
    {
        await AddConfirmedAsync("+x@example.com", new() { Name = "'=1", Roles = ["C++ Developer"], Topics = ["=1", "''-2", "Züge, 東京", "a\"b"] });
        await AddConfirmedAsync("y@example.com", new() { Name = "Bob;=1+1;''+x; -y", Topics = ["''-2", "'quoted'"] });
        await Unsubscribing.LeaveAsync((await AddConfirmedAsync("left@example.com")).Id);
        var before = await Subscribers.ListAsync(null, 10);
        var file = new MemoryStream();
        Assert.Equal(3, await Export.RunAsync(file, default));
        await ExecuteAsync("truncate subscribers restart identity cascade");
        file.Position = 0;
        var report = await Import.RunAsync(file, "stated by cli", "cli", default);
        Assert.Equal((3, 0), (report.Imported, report.RejectedRows));
        var after = await Subscribers.ListAsync(null, 10);
        Assert.Equivalent(before.Select(s => (s.Email, s.Status, s.Preferences)), after.Select(s => (s.Email, s.Status, s.Preferences)), strict: true);
    }

    private async Task<string> TextAsync()
    {
        var file = new MemoryStream();
        await Export.RunAsync(file, default);
        return Encoding.UTF8.GetString(file.ToArray());
    }
}
