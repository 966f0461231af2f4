using System.Globalization;
using Microsoft.Playwright;
using Newsletter.Deliveries;
using Newsletter.Digests;
using Newsletter.Items;

namespace Newsletter.Tests.EndToEnd;

/// <summary>The whole of it, as people meet it: in a browser, with the real worker between.</summary>
[Collection(nameof(RunningInstallation))]
public sealed class LifeOfAReaderTests(RunningInstallation installation)
{
    private const string Reader = "reader@example.com";
    private const string Fitting = "What a product manager should ask a model";
    private const string Other = "Wards at night, and who watches the pumps";

    [Fact]
    public async Task A_reader_signs_up_confirms_gets_what_fits_leaves_and_gets_nothing_more()
    {
        await ImportAsync(Fitting, "AI Product Manager");
        await ImportAsync(Other, "Security Engineer");
        await installation.Get<DigestStore>().CreateAsync(new Digest
        {
            Id = 0, Slug = "weekly", Name = "The Weekly Brief", Timezone = "Europe/Berlin", Lead = TimeSpan.Zero,
            MinItems = 1, MaxItems = 6, CandidateDays = 30, Approval = "required",
        });
        await using var browser = await Browser.StartAsync();
        await using var context = await browser.OpenAsync(installation.Url);
        var page = await context.NewPageAsync();
        var violations = new List<string>();
        context.Console += (_, message) =>
        {
            if (message.Text.Contains("Content Security Policy", StringComparison.Ordinal) || message.Text.Contains("Refused", StringComparison.Ordinal))
            {
                violations.Add(message.Text);
            }
        };

        await page.GotoAsync("/");
        await page.GetByLabel("Email address").FillAsync(Reader);
        await page.GetByLabel("In your own words").FillAsync("PM");
        await page.GetByRole(AriaRole.Button, new() { Name = "Subscribe" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Check your mailbox" }).WaitForAsync();

        var notice = await installation.MailAsync(Reader, "Please confirm");
        var readers = await OpenInMailAsync(page, notice.Id, "Confirm subscription");
        await readers.GetByRole(AriaRole.Button, new() { Name = "Confirm subscription" }).ClickAsync();
        await readers.GetByRole(AriaRole.Heading, new() { Name = "Welcome aboard" }).WaitForAsync();

        await page.GotoAsync(installation.SetupLink);
        await page.GetByLabel("Email address").FillAsync("editor@example.com");
        await page.GetByLabel("Password").FillAsync("correct horse battery");
        await page.GetByRole(AriaRole.Button, new() { Name = "Set password and sign in" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Dashboard" }).WaitForAsync();

        var first = await PlanApproveAndSendAsync(page);
        Assert.Equal((1, 1), ((int)first.Planned, (int)first.Sent));
        await page.GetByRole(AriaRole.Link, new() { Name = "Outbox" }).ClickAsync();
        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = Fitting });
        Assert.Contains("PM", await row.InnerTextAsync());
        Assert.Contains(Reader, await row.InnerTextAsync());

        var digest = await installation.MailAsync(Reader, Fitting);
        Assert.Contains(Fitting, digest.Message.HtmlBody);
        Assert.DoesNotContain(Other, digest.Message.HtmlBody);
        var leaving = await OpenInMailAsync(page, digest.Id, "Unsubscribe");
        await leaving.GetByRole(AriaRole.Button, new() { Name = "Unsubscribe" }).ClickAsync();
        await leaving.GetByRole(AriaRole.Heading, new() { Name = "You are unsubscribed" }).WaitForAsync();
        await installation.MailAsync(Reader, "You are unsubscribed");

        await ImportAsync("A second one for product managers", "Product Manager");
        var mails = installation.Outbox.Count();
        var second = await PlanApproveAndSendAsync(page);
        Assert.Equal(0, (int)second.Sent);
        Assert.Equal(mails, installation.Outbox.Count());
        Assert.Empty(violations);
    }

    /// <summary>Follows a link in the mail's frame, which opens a tab.</summary>
    private static async Task<IPage> OpenInMailAsync(IPage page, string mailId, string link)
    {
        await page.GotoAsync("/outbox/" + mailId);
        return await page.RunAndWaitForPopupAsync(() =>
            page.FrameLocator("iframe.mail").GetByRole(AriaRole.Link, new() { Name = link }).First.ClickAsync());
    }

    private async Task<DeliveryAccount> PlanApproveAndSendAsync(IPage page)
    {
        await page.GotoAsync("/editor/digests/weekly");
        await page.GetByRole(AriaRole.Button, new() { Name = "Plan an edition now" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Approve this plan" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Send now" }).ClickAsync();
        // The page before has a status too.
        await page.GetByText("Sending begins within a minute.").WaitForAsync();
        var edition = long.Parse(page.Url.Split('/')[^1], CultureInfo.InvariantCulture);
        installation.StartJob("send due editions");
        for (var i = 0; i < 300; i++)
        {
            if ((await installation.Get<EditionStore>().GetAsync(edition)).State == EditionState.Sent)
            {
                return await installation.Get<DeliveryStore>().AccountAsync(edition);
            }
            await Task.Delay(100);
        }
        var state = (await installation.Get<EditionStore>().GetAsync(edition)).State;
        throw new TimeoutException($"Edition {edition} is {state} after 30 seconds. {installation.Jobs()}");
    }

    private Task ImportAsync(string title, string bestFor) => installation.Get<ItemStore>().SaveAsync(new ItemContent
    {
        Title = title, Summary = "A summary of some length.", KeyTakeaway = "One thing to take along.", BestFor = [bestFor],
        Credit = "Editorial summary by A. Original article published by B.",
    });
}
