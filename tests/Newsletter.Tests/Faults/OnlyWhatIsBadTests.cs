using Newsletter.Digests;
using Newsletter.Lifecycle;
using Newsletter.MailCatcher;
using Newsletter.Newsroom;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Faults;

/// <summary>One mail that cannot be made or taken spoils no other.</summary>
public sealed class OnlyWhatIsBadTests : IAsyncLifetime
{
    private readonly DirectoryInfo templates = Directory.CreateTempSubdirectory("nl-templates-");
    private readonly TestProduct house;

    public OnlyWhatIsBadTests() => house = new TestProduct { Settings = new Dictionary<string, string> { ["Templates:Directory"] = templates.FullName } };

    /// <summary>While this file is there the frame of every digest fails.</summary>
    private string Broken => Path.Combine(templates.FullName, "broken");

    public async Task InitializeAsync()
    {
        var item = await File.ReadAllTextAsync(Path.Combine(Repository.Top, "templates", "_Item.cshtml"));
        await File.WriteAllTextAsync(Path.Combine(templates.FullName, "_Item.cshtml"), item.Replace(
            "@{\n",
            "@{\n  if (Model.Title.Contains(\"poison\")) { throw new System.InvalidOperationException(\"A template of the operator's fails.\"); }\n",
            StringComparison.Ordinal));
        var digest = await File.ReadAllTextAsync(Path.Combine(Repository.Top, "templates", "Digest.cshtml"));
        await File.WriteAllTextAsync(Path.Combine(templates.FullName, "Digest.cshtml"), digest
            + $"@{{ if (System.IO.File.Exists(\"{Broken}\")) {{ throw new System.InvalidOperationException(\"A frame that fails.\"); }} }}");
        await house.InitializeAsync();
        await house.DigestAsync();
        await house.ArticleAsync("CTO");
        await house.ReadersAsync(200, "CTO");
    }

    public async Task DisposeAsync()
    {
        await house.DisposeAsync();
        templates.Delete(recursive: true);
    }

    [Fact]
    public async Task A_template_that_fails_for_one_item_spoils_only_the_mails_with_it()
    {
        await house.ArticleAsync(content => content with { Title = "A poison, and its antidote" }, "Security Engineer");
        await house.ReaderAsync("security@example.com", "Security Engineer");

        var edition = await house.SendAsync();

        Assert.Equal(new Outcome(200, Failed: 1), Outcome.Of(await house.AccountAsync(edition)));
        Assert.Empty(house.MailsTo("security@example.com"));
        Assert.Contains("A template of the operator's fails", (await house.Get<Explaining>().WhyAsync(edition, "security@example.com")).Note);
        Assert.Equal("sent", await house.StateAsync(edition));
    }

    [Fact]
    public async Task A_frame_that_fails_is_named_and_once_it_is_mended_the_edition_goes_on()
    {
        var edition = await house.StartAsync();
        await File.WriteAllTextAsync(Broken, "");

        var refusal = await Assert.ThrowsAsync<Refusal>(() => house.RunAsync(edition));

        Assert.EndsWith("Digest.cshtml fails: A frame that fails.", refusal.Message);
        Assert.Equal("waits: " + refusal.Message, (await house.Get<EditionStore>().GetAsync(edition)).Note);
        Assert.Equal(0L, await house.ScalarAsync<long>("select count(*) from editions where frame is not null"));

        File.Delete(Broken);
        await house.RunAsync(edition);
        Assert.Equal(new Outcome(200), Outcome.Of(await house.AccountAsync(edition)));
    }

    [Theory]
    [InlineData("no address at all")]
    [InlineData("a@example.com>\r\nRCPT TO:<b@example.com")]
    [InlineData("")]
    public async Task An_address_that_is_none_spoils_only_its_own_mail(string address)
    {
        var edition = await house.StartAsync();
        await house.ExecuteAsync("update subscribers set email = $1 where email = 'reader7@example.com'", address);

        await house.RunAsync(edition);

        Assert.Equal(new Outcome(199, Failed: 1), Outcome.Of(await house.AccountAsync(edition)));
        Assert.Equal(199, house.Mails.Mails.SelectMany(mail => mail.Recipients).Distinct().Count());
    }

    [Fact]
    public async Task Most_of_the_addresses_being_none_pauses_nothing_and_is_one_line_in_the_log()
    {
        var edition = await house.StartAsync();
        await house.ExecuteAsync("update subscribers set email = 'none' where id % 10 <> 0");

        await house.RunAsync(edition);

        Assert.Equal(new Outcome(20, Failed: 180), Outcome.Of(await house.AccountAsync(edition)));
        Assert.Equal("sent", await house.StateAsync(edition));
        Assert.Equal([$"180 mails of edition {edition} failed because they cannot be built: 180 by Refusal"], house.Logs.Warnings);
        Assert.Equal(180L, await house.ScalarAsync<long>(
            "select count(*) from deliveries where state = 'failed' and attempt = 1 and reply like '%is not an email address%'"));
    }

    [Theory]
    [InlineData("delete from choices where item_id = $1")]
    [InlineData("update choices set reasons = '[1]' where item_id = $1")]
    [InlineData("update item_revisions set content = '[]' where item_id = $1")]
    public async Task What_cannot_be_read_any_more_spoils_only_the_mails_that_are_made_of_it(string damage)
    {
        var lost = await house.ArticleAsync("Security Engineer");
        await house.ReaderAsync("security@example.com", "Security Engineer");
        var edition = await house.StartAsync();
        await house.ExecuteAsync(damage, lost);

        await house.RunAsync(edition);

        Assert.Equal(new Outcome(200, Failed: 1), Outcome.Of(await house.AccountAsync(edition)));
        Assert.Equal("sent", await house.StateAsync(edition));
    }

    [Fact]
    public async Task One_mail_refused_by_policy_pauses_nothing()
    {
        house.Faults.On(Step.Dot, new Deed.Reply(550, "5.7.1 Looks like spam"), recipient: "reader7@example.com");

        var edition = await house.SendAsync();

        Assert.Equal(new Outcome(199, Failed: 1), Outcome.Of(await house.AccountAsync(edition)));
        Assert.Equal("sent", await house.StateAsync(edition));
    }

    [Fact]
    public async Task All_mails_refused_by_policy_pause_the_edition_after_some_tens_and_it_goes_on_when_the_cause_is_mended()
    {
        house.Faults.On(Step.Rcpt, new Deed.Reply(550, "5.7.1 Your address is listed"));

        var edition = await house.SendAsync();

        var account = await house.AccountAsync(edition);
        Assert.InRange(account.Failed, 20, 24);
        Assert.Equal(200, account.Failed + account.Due);
        var paused = await house.Get<EditionStore>().GetAsync(edition);
        Assert.Equal("paused", paused.State);
        Assert.Matches(@"^paused by itself: the server refused 2\d of the last 2\d mails by policy \(550 5\.7\.1 Your address is listed\)", paused.Note);

        house.Faults.Clear();
        await house.Get<EditionSteps>().ResumeAsync(edition, "test");
        await house.RunAsync(edition);
        Assert.Equal(new Outcome(200 - account.Failed, Failed: account.Failed), Outcome.Of(await house.AccountAsync(edition)));
    }
}
