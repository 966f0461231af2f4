using System.Diagnostics;
using Newsletter.Addresses;
using Newsletter.MailCatcher;
using Newsletter.Membership;
using Newsletter.Newsroom;
using Newsletter.Notices;
using Newsletter.Tests.Support;
using Xunit.Abstractions;

namespace Newsletter.Tests.Notices;

/// <summary>A notice whose mail cannot be made fails once, and costs the others nothing; what is wrong with the installation fails none.</summary>
public sealed class UnmakeableNoticesTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly DirectoryInfo templates = Directory.CreateTempSubdirectory("nl-templates-");
    private TestProduct house = new();

    public Task InitializeAsync() => house.InitializeAsync();

    public async Task DisposeAsync()
    {
        await house.DisposeAsync();
        templates.Delete(recursive: true);
    }

    [Theory]
    [InlineData("no address at all")]
    [InlineData("a@example.com>\r\nRCPT TO:<b@example.com")]
    [InlineData("jürgen@example.com")]
    public async Task A_bad_address_fails_its_own_notice_and_no_other(string address)
    {
        await SignUpAsync("bad@example.com");
        await SignUpAsync("good@example.com");
        await house.ExecuteAsync("update subscribers set email = $1 where email = 'bad@example.com'", address);

        await RunForHoursAsync();

        Assert.Equal(("failed", 1), await StateAsync("bad@example.com"));
        Assert.Contains("is not an email address", await house.ScalarAsync<string>("select reply from notices where state = 'failed'"));
        Assert.Equal(("sent", 1), await StateAsync("good@example.com"));
        Assert.Equal(["1 notices failed because their mails cannot be built: 1 by Refusal"], house.Logs.Warnings);
    }

    [Fact]
    public async Task Any_exception_of_one_notice_fails_it_at_once()
    {
        await CorrectionsAsync(readers: 2);
        // A time that .NET has no room for.
        await house.ExecuteAsync("update editions set started_at = '20000-01-01 00:00Z'");
        await SignUpAsync("good@example.com");

        await house.Get<NoticeSending>().RunAsync(default);

        Assert.Equal(2L, await FailedAsync("the mail could not be built: %"));
        Assert.Equal(("sent", 1), await StateAsync("good@example.com"));
        Assert.StartsWith("2 notices failed because their mails cannot be built: 2 by ", Assert.Single(house.Logs.Warnings));
    }

    [Fact]
    public async Task A_template_that_fails_for_one_correction_fails_that_one()
    {
        const string Failing = "@{ if (Model.Text.Contains(\"poison\")) { throw new System.InvalidOperationException(\"Not this one.\"); } }";
        await RebuildAsync("Correction.cshtml", text => text.Replace("@foreach", $"{Failing}\n@foreach", StringComparison.Ordinal));
        await CorrectionsAsync(readers: 1);
        await house.ExecuteAsync("update corrections set text = 'poison'");
        var edition = await house.ScalarAsync<long>("select max(id) from editions");
        await house.Get<Correcting>().CorrectAsync(edition, "The second", "Of another kind.", null, "test");

        await RunForHoursAsync();

        Assert.Equal("The second", Assert.Single(house.MailsTo("reader0@example.com")).Message.Subject);
        Assert.Equal(1L, await FailedAsync("%Not this one."));
    }

    [Fact]
    public async Task A_sender_that_cannot_be_fails_no_notice_and_is_said_once()
    {
        await house.DisposeAsync();
        house = new TestProduct { Settings = new Dictionary<string, string> { ["Sender:Address"] = "nobody" } };
        await house.InitializeAsync();
        await SignUpAsync("good@example.com");

        await RunForHoursAsync();

        Assert.Equal(("due", 0), await StateAsync("good@example.com"));
        Assert.Equal(["Notices wait: Sender:Address is not an email address: mail cannot be sent from it."], house.Logs.Warnings);
    }

    [Fact]
    public async Task A_template_that_does_not_compile_fails_no_notice_and_is_said_once()
    {
        await RebuildAsync("Goodbye.cshtml", text => text + "@Model.NotThere");
        await SignUpAsync("good@example.com");

        await RunForHoursAsync();

        Assert.Equal(("due", 0), await StateAsync("good@example.com"));
        Assert.StartsWith("Notices wait: Template ", Assert.Single(house.Logs.Warnings));
    }

    [Fact]
    public async Task A_relay_that_is_away_is_said_once_each_time()
    {
        await SignUpAsync("good@example.com");
        house.Faults.On(Step.Connect, new Deed.Drop());
        await RunForHoursAsync();
        Assert.StartsWith("Notices wait: The SMTP server ", Assert.Single(house.Logs.Warnings));
        house.Faults.Clear();
        await house.Get<NoticeSending>().RunAsync(default);
        Assert.Equal(("sent", 1), await StateAsync("good@example.com"));
    }

    [Fact]
    public Task Hundreds_of_bad_corrections_delay_no_confirmation() => DelayAsync(readers: 400);

    [Fact]
    [Trait("Length", "long")]
    public Task Twenty_thousand_bad_corrections_delay_no_confirmation() => DelayAsync(readers: 20_000);

    /// <summary>The confirmation comes while nearly all of the bad ones are still due.</summary>
    private async Task DelayAsync(int readers)
    {
        await CorrectionsAsync(readers);
        await house.ExecuteAsync("update subscribers set email = 'not an address'");
        var run = house.Get<NoticeSending>().RunAsync(default);
        await SignUpAsync("good@example.com");
        var waited = Stopwatch.StartNew();
        while (house.MailsTo("good@example.com").Count == 0 && !run.IsCompleted)
        {
            await Task.Delay(5);
        }
        var failed = await house.ScalarAsync<long>("select count(*) from notices where state = 'failed'");
        output.WriteLine($"The confirmation came after {waited.Elapsed}, and {failed} bad ones went before it.");

        await run;
        output.WriteLine($"All {readers} had failed after {waited.Elapsed}.");

        Assert.Single(house.MailsTo("good@example.com"));
        Assert.InRange(failed, 0, readers / 2);
        Assert.Equal((long)readers, await FailedAsync("%"));
        Assert.Equal([$"{readers} notices failed because their mails cannot be built: {readers} by Refusal"], house.Logs.Warnings);
    }

    /// <summary>So often that whatever is tried again has been.</summary>
    private async Task RunForHoursAsync()
    {
        for (var hour = 0; hour < 6; hour++)
        {
            await house.Get<NoticeSending>().RunAsync(default);
            house.Time.Advance(TimeSpan.FromHours(1));
        }
    }

    private async Task RebuildAsync(string template, Func<string, string> change)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Top, "templates", template));
        await File.WriteAllTextAsync(Path.Combine(templates.FullName, template), change(text));
        await house.DisposeAsync();
        house = new TestProduct { Settings = new Dictionary<string, string> { ["Templates:Directory"] = templates.FullName } };
        await house.InitializeAsync();
    }

    /// <summary>A correction is due to so many readers.</summary>
    private async Task CorrectionsAsync(int readers)
    {
        await house.DigestAsync();
        await house.ArticleAsync("CTO");
        await house.ReadersAsync(readers, "CTO");
        var edition = await house.StartAsync();
        await house.ExecuteAsync("update deliveries set state = 'sent'");
        await house.ExecuteAsync("update editions set state = 'sent'");
        await house.Get<Correcting>().CorrectAsync(edition, "The first", "Of one kind.", null, "test");
    }

    private Task SignUpAsync(string email) => house.Get<SignUp>().RequestAsync(EmailAddress.Parse(email), ["CTO"], []);

    private async Task<long> FailedAsync(string reply) =>
        await house.ScalarAsync<long>("select count(*) from notices where state = 'failed' and attempt = 1 and reply like $1", reply);

    private async Task<(string State, int Attempt)> StateAsync(string key) => (
        (await house.ScalarAsync<string>("select n.state from notices n join subscribers s on s.id = n.subscriber_id where s.email_key = $1", key))!,
        await house.ScalarAsync<short>("select n.attempt from notices n join subscribers s on s.id = n.subscriber_id where s.email_key = $1", key));
}
