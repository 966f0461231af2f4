using System.Text;
using Newsletter.Subscribers;
using Newsletter.Tests.Subscribers;
using Newsletter.Transfer;

namespace Newsletter.Tests.Transfer;

/// <summary>Files as spreadsheets and people make them: what they mean, and what is said of what they cannot mean.</summary>
public sealed class CsvFormTests : PeopleTest
{
    private const string Lost = "contains the character U+FFFD, which stands for a character that was lost when the text was converted.";

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public async Task A_line_in_a_quoted_cell_is_part_of_it_and_no_person(string lineEnd)
    {
        var report = await RunAsync(
            "name,email,topics\n\"Notes: see\nEve,eve@example.org,Malware\nend\",break5@example.org,Chips\nOk,ok@example.org,\n"
            .Replace("\n", lineEnd, StringComparison.Ordinal));

        Assert.Equal((1, 1), (report.Imported, report.RejectedRows));
        Assert.Equal(new RejectedRow(2, "The value of name contains a line break, but must be one line."), Assert.Single(report.Rejected));
        Assert.Null(await FindAsync("eve@example.org"));
        Assert.NotNull(await FindAsync("ok@example.org"));
        report = await RunAsync($"email,name{lineEnd}\"a@example.org\",\"A{lineEnd}{lineEnd}\"{lineEnd}x,{lineEnd}");
        Assert.Equal(5, Assert.Single(report.Rejected).Line);
    }

    [Fact]
    public async Task Quoted_cells_hold_commas_and_doubled_quotes_and_blanks_around_them_are_none()
    {
        var report = await RunAsync(
            "\"email\" ,\"name\",\"topics\"\na@example.org, \"Lee, \"\"Ann\"\"\" ,\"Trust, Safety;Chips\"\n\"b@example.org\",\"\",\"\"");

        Assert.Equal((2, 0), (report.Imported, report.RejectedRows));
        Assert.Equivalent(new Preferences { Name = "Lee, \"Ann\"", Topics = ["Trust, Safety", "Chips"] },
            (await FindAsync("a@example.org"))!.Preferences, strict: true);
        Assert.Equivalent(new Preferences(), (await FindAsync("b@example.org"))!.Preferences, strict: true);
    }

    [Fact]
    public async Task Behind_a_quote_that_should_be_doubled_no_line_of_the_cell_is_taken_for_a_person()
    {
        var report = await RunAsync("name,email\n\"Notes \"see\nEve,eve@example.org\nend\",a@example.org\nOk,ok@example.org\n");

        Assert.Equal((1, 1), (report.Imported, report.RejectedRows));
        var rejected = Assert.Single(report.Rejected);
        Assert.Equal(2, rejected.Line);
        Assert.Contains("Lines 2 to 4 were read as one row", rejected.Reason, StringComparison.Ordinal);
        Assert.Null(await FindAsync("eve@example.org"));
    }

    [Theory]
    [InlineData("email,name\na@example.org,A\nb@example.org,\"Bob\nc@example.org,C\n", 3)]
    [InlineData("email,name\na@example.org,\"A\nA\"\nb@example.org,\"Bob\nc@example.org,\"\"C\n", 4)]
    [InlineData("email,\"name\na@example.org,A\n", 1)]
    public async Task A_quote_that_is_never_closed_is_named_by_its_line_and_nothing_is_imported(string csv, int line)
    {
        var refusal = await Assert.ThrowsAsync<Refusal>(() => RunAsync(csv));

        Assert.Equal(RefusalKind.Invalid, refusal.Kind);
        Assert.StartsWith($"The quote that opens in line {line} is never closed", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(await Subscribers.ListAsync(null, 10));
    }

    [Fact]
    public async Task Of_a_huge_file_no_more_is_read_than_a_record_may_have()
    {
        using var endless = new EndlessStream("email,name\na@example.org,\"A\n");

        var refusal = await Assert.ThrowsAsync<Refusal>(() => Import.RunAsync(endless, "event 2027", "cli", default));

        Assert.Contains(
            "too long: it has more than 250,000 characters. Perhaps the quote that opens in line 2 is never closed", refusal.Message, StringComparison.Ordinal);
        Assert.InRange(endless.Taken, 1, 1_000_000);
    }

    [Fact]
    public async Task Empty_columns_of_a_spreadsheet_are_passed_over_and_a_value_without_a_name_is_not()
    {
        var report = await RunAsync(
            "email,,name,,\na@example.org,,Ann,,\nb@example.org,,Bob\nc@example.org,,Cy,,,, \n"
            + "d@example.org,x,Di,,\ne@example.org,,Ed,,x\nf@example.org\n,,,\n");

        Assert.Equal((3, 3), (report.Imported, report.RejectedRows));
        Assert.Equal(
            [
                "The row has a value in column 2, but the header has no name for that column.", "The row has 5 fields, but the header has 3.",
                "The row has 1 fields, but the header has 3.",
            ],
            report.Rejected.Select(r => r.Reason));
        Assert.Equal([5, 6, 7], report.Rejected.Select(r => r.Line));
        Assert.Equal("Cy", (await FindAsync("c@example.org"))!.Preferences.Name);
    }

    [Theory]
    [InlineData("8", 8)]
    [InlineData("08", 8)]
    [InlineData("8.0", 8)]
    [InlineData("\"8,0\"", 8)]
    [InlineData("8:00", 8)]
    [InlineData("08:00:00", 8)]
    [InlineData("0", 0)]
    [InlineData("00:00", 0)]
    [InlineData("23.00", 23)]
    [InlineData("8:30", null)]
    [InlineData("8.5", null)]
    [InlineData("24", null)]
    [InlineData("-1", null)]
    [InlineData("8:0", null)]
    [InlineData("99999999999", null)]
    [InlineData("eight", null)]
    public async Task An_hour_is_understood_where_it_means_one(string typed, int? hour)
    {
        var report = await RunAsync($"email,hour\nh@example.org,{typed}\n");

        Assert.Equal(hour, (await FindAsync("h@example.org"))?.Preferences.Hour);
        Assert.Equal(hour is null ? ["The hour must be a whole number from 0 to 23, such as 8 or 08:00."] : [], report.Rejected.Select(r => r.Reason));
    }

    [Theory]
    [InlineData("Mon", "2026-12-31T00:00:00Z")]
    [InlineData("1.0", "2026-12-31 00:00:00")]
    [InlineData("MONDAY", "2026-12-31T00:00")]
    [InlineData("01", "2026-12-31")]
    public async Task A_weekday_and_a_day_are_understood_as_spreadsheets_write_them(string weekday, string day)
    {
        await RunAsync($"email,weekday,paused_until\nd@example.org,{weekday},{day}\n");

        var preferences = (await FindAsync("d@example.org"))!.Preferences;
        Assert.Equal((1, new DateOnly(2026, 12, 31)), (preferences.Weekday, preferences.PausedUntil));
    }

    [Theory]
    [InlineData("Montag", "", "weekday")]
    [InlineData("7", "", "weekday")]
    [InlineData("", "31.12.2026", "paused_until")]
    [InlineData("", "2026-12-31T08:00:00Z", "paused_until")]
    public async Task A_weekday_or_a_day_that_may_mean_another_is_rejected(string weekday, string day, string word)
    {
        var report = await RunAsync($"email,weekday,paused_until\nd@example.org,{weekday},{day}\n");

        Assert.Contains(word, Assert.Single(report.Rejected).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("\t")]
    [InlineData("\u00a0")]
    [InlineData("\u200b")]
    [InlineData("\u2060")]
    [InlineData("\ufeff")]
    [InlineData("\u202a")]
    [InlineData("\u3000\u200e")]
    public async Task What_nobody_sees_around_a_value_is_no_part_of_it(string blank)
    {
        var report = await RunAsync(
            $"{blank}email{blank},name,roles,timezone,hour\n{blank}a@example.org{blank},{blank}Ann{blank},"
            + $"{blank}CTO{blank};{blank}PM,{blank}europe/zurich{blank},{blank}8{blank}\n");

        Assert.Empty(report.Rejected);
        Assert.Equivalent(new Preferences { Name = "Ann", Roles = ["CTO", "PM"], Timezone = "Europe/Zurich", Hour = 8 },
            (await FindAsync("a@example.org"))!.Preferences, strict: true);
    }

    [Theory]
    [InlineData("r@example.org,M\ufffdller,,", "The value of name " + Lost)]
    [InlineData("r\ufffd@example.org,,,", "The value of email " + Lost)]
    [InlineData("r@example.org,,C\0TO,", "The value of roles contains the control character U+0000.")]
    [InlineData("r@example.org,,,Chi\u001b[31mps", "The value of topics contains the control character U+001B.")]
    [InlineData("r@example.org,,\"CTO\nPM\",", "The value of roles contains a line break, but must be one line.")]
    [InlineData("r@example.org,a\u2028b,,", "The value of name contains a line break, but must be one line.")]
    [InlineData("r\u200br@example.org,,,", "The part of the email address before the @ contains U+200B, an invisible character: remove it.")]
    [InlineData("r\u00a0r@example.org,,,", "The part of the email address before the @ contains U+00A0, an invisible character: remove it.")]
    public async Task A_reason_names_what_is_wrong(string row, string reason)
    {
        var report = await RunAsync($"email,name,roles,topics\nok@example.org,,,\n{row}\n");

        Assert.Equal(1, report.Imported);
        Assert.Equal(reason, Assert.Single(report.Rejected).Reason);
    }

    [Theory]
    [InlineData("name", 201, "The name has more than 200 characters.")]
    [InlineData("topics", 101, "One of the topics followed has more than 100 characters.")]
    public async Task A_value_that_is_too_long_is_said_to_be(string column, int length, string reason) =>
        Assert.Equal(reason, Assert.Single((await RunAsync($"email,{column}\na@example.org,{new string('x', length)}\n")).Rejected).Reason);

    public static TheoryData<Encoding, bool> Encodings => new()
    {
        { Encoding.UTF8, true },
        { Encoding.Unicode, true },
        { Encoding.Unicode, false },
        { Encoding.BigEndianUnicode, true },
        { Encoding.BigEndianUnicode, false },
    };

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task UTF_16_is_read_with_its_mark_and_without(Encoding encoding, bool marked)
    {
        byte[] file = [.. marked ? encoding.GetPreamble() : [], .. encoding.GetBytes("email,name\r\nzoe@example.org,Zoë 😀\r\n")];

        await Import.RunAsync(new MemoryStream(file), "event 2027", "cli", default);

        Assert.Equal("Zoë 😀", (await FindAsync("zoe@example.org"))!.Preferences.Name);
    }

    public static TheoryData<byte[], string> NoText => new()
    {
        { [.. Encoding.Unicode.GetBytes("email\na@example.org\n"), 0x20], "begins as UTF-16" },
        { [0xFF, 0xFE, 0x65, 0, 0, 0xD8, 0x65, 0], "begins as UTF-16" },
        { Encoding.UTF32.GetBytes("email\na@example.org\n"), "the control character U+0000" },
    };

    [Theory]
    [MemberData(nameof(NoText))]
    public async Task What_is_no_text_is_refused_with_the_reason(byte[] file, string reason)
    {
        var refusal = await Assert.ThrowsAsync<Refusal>(() => Import.RunAsync(new MemoryStream(file), null, "cli", default));

        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("email,\u001b[31mred", "The name of column 2 in the header contains the control character U+001B")]
    [InlineData("email,na\ufffdme", "U+FFFD")]
    [InlineData("email\tname", "not by tabs")]
    public async Task A_header_that_is_none_is_refused_and_not_repeated_raw(string header, string reason)
    {
        var refusal = await Assert.ThrowsAsync<Refusal>(() => RunAsync(header + "\na@example.org,y\n"));

        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(refusal.Message, char.IsControl);
    }

    private Task<ImportReport> RunAsync(string csv) => Import.RunAsync(new MemoryStream(Encoding.UTF8.GetBytes(csv)), "event 2027", "cli", default);

    /// <summary>A beginning, and lines without end after it.</summary>
    private sealed class EndlessStream(string beginning) : Stream
    {
        private readonly byte[] start = Encoding.UTF8.GetBytes(beginning);

        public long Taken { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => Taken; set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            for (var i = 0; i < buffer.Length; i++, Taken++)
            {
                buffer.Span[i] = Taken < start.Length ? start[Taken] : (byte)(Taken % 50 == 0 ? '\n' : 'x');
            }
            return new(buffer.Length);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
