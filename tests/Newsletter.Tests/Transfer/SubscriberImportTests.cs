using System.Text;
using Newsletter.Subscribers;
using Newsletter.Tests.Subscribers;
using Newsletter.Transfer;

namespace Newsletter.Tests.Transfer;

public sealed class SubscriberImportTests : PeopleTest
{
    private const string Header = "email,name,roles,topics,muted_topics,cadence,weekday,timezone,hour,depth,too_few,language,paused_until,status\n";

    [Fact]
    public async Task Every_column_arrives()
    {
        var report = await RunAsync(
            Header + "Ann@example.com,\"Lee, Ann\",CTO; Basket Weaver,RAG;Agents,Crypto,weekly,Mon,Europe/Berlin,8,full,roll_over,en,2027-04-01,confirmed\n");
        Assert.Equal((1, 0, 0), (report.Imported, report.Updated, report.RejectedRows));
        var ann = await FindAsync("ann@example.com");
        Assert.Equal(
            ("Ann@example.com", "confirmed", "event 2027", Time.GetUtcNow(), Time.GetUtcNow()),
            (ann!.Email, ann.Status, ann.Consent, ann.CreatedAt, ann.ConfirmedAt));
        Assert.Equivalent(new Preferences
        {
            Name = "Lee, Ann", Roles = ["CTO", "Basket Weaver"], Topics = ["RAG", "Agents"], MutedTopics = ["Crypto"], Cadence = "weekly",
            Weekday = 1, Timezone = "Europe/Berlin", Hour = 8, Depth = "full", TooFew = "roll_over", Language = "en", PausedUntil = new(2027, 4, 1),
        }, ann.Preferences, strict: true);
        Assert.Equal("subscribers imported", Assert.Single(await Audit.LatestAsync(5)).Action);
    }

    [Fact]
    public async Task Columns_may_be_missing_in_any_order_and_letter_case_after_a_byte_order_mark_and_with_CRLF()
    {
        var report = await RunAsync("\ufeffROLES, Email \r\nCTO,a@example.com\r\n\r\n,\r\n,b@example.com");
        Assert.Equal((2, 0), (report.Imported, report.RejectedRows));
        Assert.Equivalent(new Preferences { Roles = ["CTO"] }, (await FindAsync("a@example.com"))!.Preferences, strict: true);
        Assert.Equivalent(new Preferences(), (await FindAsync("b@example.com"))!.Preferences, strict: true);
    }

    [Fact]
    public async Task Bad_rows_are_rejected_with_line_and_reason_and_the_others_go_on()
    {
        var report = await RunAsync(
            """
            email,name,roles,cadence,timezone,hour,status,weekday,paused_until,topics,muted_topics
            good@example.com,,,,,,,,,,
            not an address,,,,,,,,,,
            a@example.com,,,hourly,,,,,,,
            b@example.com,,,,Mars/Olympus,,,,,,
            c@example.com,,,,,25,,,,,
            d@example.com,,,,,,maybe,,,,
            e@example.com,,,,,,,someday,,,
            f@example.com,,,,,,,,31.1.2027,,
            g@example.com,,,,,,,,,RAG,rag
            h@example.com,,???,,,,,,,,
            i@example.com,too few fields
            j@example.com,an "inner" quote,,,,,,,,,
            k@example.com,"closed" too early",,,,,,,,,
            l@example.com,,,,,8.5,,,,,
            m@example.com,,,,,,,,,,,too many
            last@example.com,,,,,,,,,,
            """);
        Assert.Equal(2, report.Imported);
        Assert.NotNull(await FindAsync("last@example.com"));
        Assert.Equal(Enumerable.Range(3, 14).Select(l => (long)l), report.Rejected.Select(r => r.Line));
        Assert.Equal(14, report.RejectedRows);
        string[] words =
        [
            "@", "cadence", "time zone", "hour", "status", "weekday", "paused_until", "both", "role", "fields", "quote", "quote", "hour", "fields",
        ];
        Assert.All(report.Rejected.Zip(words), p => Assert.Contains(p.Second, p.First.Reason));
    }

    [Fact]
    public async Task A_control_character_spoils_its_row_only()
    {
        var report = await RunAsync("email,name\na@example.com,nul\0\nb@example.com,Bob\n");
        Assert.Equal((1, 1), (report.Imported, report.RejectedRows));
    }

    public static TheoryData<byte[], string> NoFiles => new()
    {
        { Encoding.Latin1.GetBytes("email,name\na@example.com,A\nj@example.com,Jürgen\n"), "UTF-8" },
        { "email;name\na@example.com;A\n"u8.ToArray(), "commas" },
        { "email,role\na@example.com,CTO\n"u8.ToArray(), "'role'" },
        { "email,Email\n"u8.ToArray(), "twice" },
        { "name,roles\nA,CTO\n"u8.ToArray(), "no column 'email'" },
        { ""u8.ToArray(), "no column 'email'" },
        { "\n\n"u8.ToArray(), "no column 'email'" },
    };

    [Theory]
    [MemberData(nameof(NoFiles))]
    public async Task What_is_no_such_file_is_refused_as_a_whole(byte[] file, string reason)
    {
        var refusal = await Assert.ThrowsAsync<Refusal>(() => Import.RunAsync(new MemoryStream(file), "event 2027", "cli", default));
        Assert.Contains(reason, refusal.Message);
        Assert.Equal(0, await ScalarAsync<long>("select count(*) from subscribers"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("email\na@example.com\n")]
    [InlineData("email\na@example.com\n\"")]
    public async Task A_record_without_end_is_refused_and_not_kept_in_memory(string before)
    {
        var refusal = await Assert.ThrowsAsync<Refusal>(() => RunAsync(before + new string('x', 5_000_000)));
        Assert.Contains("too long", refusal.Message);
        Assert.Equal(0, await ScalarAsync<long>("select count(*) from subscribers"));
    }

    [Fact]
    public async Task Confirmed_needs_consent_and_without_it_people_are_pending()
    {
        var refusal = await Assert.ThrowsAsync<Refusal>(() => RunAsync("email,status\na@example.com,pending\nb@example.com,Confirmed\n", consent: " "));
        Assert.Contains("Line 3", refusal.Message);
        Assert.Null(await FindAsync("a@example.com"));

        await RunAsync("email,status\na@example.com,\n", consent: null);
        Assert.Equal(("pending", null), (await FindAsync("a@example.com"))! is var a ? (a.Status, a.Consent) : default);
        await RunAsync("email,status\nb@example.com,pending\nc@example.com,unsubscribed\n");
        Assert.Equal(("pending", null), (await FindAsync("b@example.com"))! is var b ? (b.Status, b.Consent) : default);
        Assert.Equal(("unsubscribed", Time.GetUtcNow()), (await FindAsync("c@example.com"))! is var c ? (c.Status, c.UnsubscribedAt) : default);
    }

    [Fact]
    public async Task Known_people_change_by_the_columns_that_are_there()
    {
        var preferences = new Preferences { Name = "Ann", Roles = ["CTO"], Topics = ["RAG"], Hour = 8, Cadence = "weekly" };
        var ann = await AddConfirmedAsync("ann@example.com", preferences);
        var report = await RunAsync("email,roles,hour\nANN@example.com,PM,\nnew@example.com,PM,7\n");
        Assert.Equal((1, 1, 0), (report.Imported, report.Updated, report.Unchanged));
        var changed = await FindAsync("ann@example.com");
        Assert.Equivalent(ann with { Preferences = preferences with { Roles = ["PM"], Hour = null } }, changed, strict: true);

        report = await RunAsync("email,roles,hour\nANN@example.com,PM,\nnew@example.com,PM,7\n");
        Assert.Equal((0, 0, 2), (report.Imported, report.Updated, report.Unchanged));
        report = await RunAsync("email\nann@example.com\n");
        Assert.Equal((0, 0, 1), (report.Imported, report.Updated, report.Unchanged));
    }

    [Fact]
    public async Task A_topic_that_would_be_followed_and_muted_is_rejected()
    {
        await AddConfirmedAsync("ann@example.com", new() { MutedTopics = ["Crypto"] });
        var report = await RunAsync("email,topics\nann@example.com,RAG;CRYPTO\n");
        Assert.Equal((0, 0, 1), (report.Updated, report.Unchanged, report.RejectedRows));
        Assert.Equal(2, Assert.Single(report.Rejected).Line);
        report = await RunAsync("email,topics,muted_topics\nann@example.com,CRYPTO,\n");
        Assert.Equal(1, report.Updated);
    }

    [Fact]
    public async Task Of_two_rows_with_one_address_the_last_holds()
    {
        var report = await RunAsync("email,name\na@example.com,First\nb@example.com,Bob\nA@example.com,Second\na@EXAMPLE.com,Third\n");
        Assert.Equal((2, 2), (report.Imported, report.ReplacedRows));
        Assert.Equal([2, 4], report.Warnings.Select(w => w.Line));
        Assert.All(report.Warnings, w => Assert.Contains("line 5", w.Message));
        Assert.Equal("Third", (await FindAsync("a@example.com"))!.Preferences.Name);
    }

    [Fact]
    public async Task Who_left_and_who_is_suppressed_is_never_brought_back()
    {
        var left = await AddConfirmedAsync("left@example.com");
        await Unsubscribing.LeaveAsync(left.Id);
        var asking = await AddConfirmedAsync("asking@example.com");
        await Unsubscribing.LeaveAsync(asking.Id);
        await SignUp.RequestAsync(Address("asking@example.com"), [], []);
        await Suppressions.AddAsync(Address("gone@example.com"), "complaint", "cli");

        var report = await RunAsync("email,name,status\nLeft@example.com,L,confirmed\nasking@example.com,A,confirmed\nGONE@example.com,G,confirmed\n");
        Assert.Equal((0, 0, 0, 3), (report.Imported, report.Updated, report.Unchanged, report.Kept));
        Assert.Equal(("unsubscribed", null), (await FindAsync("left@example.com"))! is var l ? (l.Status, l.Preferences.Name) : default);
        Assert.Equal("unsubscribed", (await FindAsync("asking@example.com"))!.Status);
        Assert.Null(await FindAsync("gone@example.com"));
    }

    [Fact]
    public async Task A_status_moves_people_on_but_never_back()
    {
        var pending = await Enrolment.AddAsync(Address("pending@example.com"), new(), confirmed: false, "cli");
        await AddConfirmedAsync("confirmed@example.com");
        await AddConfirmedAsync("leaves@example.com");
        var report = await RunAsync("email,status\npending@example.com,confirmed\nconfirmed@example.com,pending\nleaves@example.com,unsubscribed\n");
        Assert.Equal((2, 1), (report.Updated, report.Unchanged));
        var now = await Subscribers.FindAsync(pending.Id);
        Assert.Equal(("confirmed", "event 2027", Time.GetUtcNow()), (now!.Status, now.Consent, now.ConfirmedAt));
        Assert.Equal("confirmed", (await FindAsync("confirmed@example.com"))!.Status);
        Assert.Equal(("unsubscribed", Time.GetUtcNow()), (await FindAsync("leaves@example.com"))! is var l ? (l.Status, l.UnsubscribedAt) : default);
    }

    [Fact]
    public async Task Many_batches_add_up_and_so_do_many_bad_rows()
    {
        var text = new StringBuilder("email,roles\n");
        for (var i = 0; i < 12_000; i++)
        {
            text.Append(i % 4 == 3 ? "no address,CTO\n" : $"a{i}@example.com,CTO;Role {i % 7}\n");
        }

        var report = await RunAsync(text.ToString());
        Assert.Equal((9000, 3000, ImportReport.MaxLines), (report.Imported, report.RejectedRows, report.Rejected.Count));
        Assert.Equal(["CTO", "Role 6"], (await FindAsync("a6@example.com"))!.Preferences.Roles);
        Assert.Equal(["CTO", "Role 0"], (await FindAsync("a11998@example.com"))!.Preferences.Roles);
    }

    [Fact]
    public async Task Two_imports_at_once_wait_for_each_other()
    {
        string[] rows = [.. Enumerable.Range(0, 2000).Select(i => $"a{i}@example.com,Name\n")];
        var reports = await Task.WhenAll(
            Task.Run(() => RunAsync("email,name\n" + string.Concat(rows))),
            Task.Run(() => RunAsync("email,name\n" + string.Concat(rows.Reverse()))));
        Assert.Equal([0, 2000], reports.Select(r => r.Imported).Order());
        Assert.Equal([0, 2000], reports.Select(r => r.Unchanged).Order());
    }

    private Task<ImportReport> RunAsync(string csv, string? consent = "event 2027") =>
        Import.RunAsync(new MemoryStream(Encoding.UTF8.GetBytes(csv)), consent, "cli", default);
}
