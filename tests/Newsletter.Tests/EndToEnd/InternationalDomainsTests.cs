using System.Text;
using Newsletter.Addresses;
using Newsletter.Cli.Pages.Outbox;
using Newsletter.Lifecycle;
using Newsletter.Links;
using Newsletter.MailCatcher;
using Newsletter.Membership;
using Newsletter.Newsroom;
using Newsletter.Notices;
using Newsletter.Subscribers;
using Newsletter.Tests.Support;
using Newsletter.Transfer;

namespace Newsletter.Tests.EndToEnd;

/// <summary>
/// Domains outside ASCII, of the sender and of readers, in both their forms, with and without names outside ASCII, in each
/// kind of mail: what goes over the wire is ASCII, to the octet.
/// </summary>
public sealed class InternationalDomainsTests : IAsyncLifetime
{
    private TestProduct house = null!;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => house.DisposeAsync();

    /// <summary>By the part before the @.</summary>
    private static readonly Dictionary<string, (string Typed, string? Name)> Readers = new[] { "köln.example.org", "xn--kln-sna.example.org" }
        .SelectMany(_ => new[] { null, "Zoe", "Zoë", "Żółć 数据" }, (domain, name) => (domain, name))
        .Select((reader, number) => (Local: $"Reader{number}", reader.domain, reader.name))
        .ToDictionary(reader => reader.Local, reader => ($"{reader.Local}@{reader.domain}", reader.name));

    [Theory]
    [InlineData("bücher.example")]
    [InlineData("xn--bcher-kva.example")]
    public async Task Each_kind_of_mail_goes_out_in_ASCII(string domain)
    {
        await StartAsync(domain);
        await house.DigestAsync();
        await house.ArticleAsync("CTO");

        foreach (var (typed, name) in Readers.Values)
        {
            await SubscribeAsync(typed, name);
        }
        var edition = (await house.PlanAsync()).Edition;
        foreach (var tested in Readers.Values.Select(reader => reader.Typed).Chunk(4))
        {
            await house.Get<TestSending>().SendAsync(edition, tested);
        }
        await house.Get<EditionSteps>().ApproveAsync(edition, null, "test");
        await house.Get<EditionSteps>().SendAsync(edition, "test");
        await house.RunAsync(edition);
        await house.Get<Correcting>().CorrectAsync(edition, "A number was wrong", "It was two.", null, "test");
        await house.Get<NoticeSending>().RunAsync(default);

        foreach (var (local, (_, name)) in Readers)
        {
            var mails = house.MailsTo($"{local}@xn--kln-sna.example.org");
            Assert.Equal(["A number was wrong", "Article 1", "Please confirm: Bücherbrief", "Welcome to Bücherbrief", "[Test] Article 1"],
                mails.Select(mail => mail.Message.Subject).Order(StringComparer.Ordinal));
            Assert.Equal(name ?? "", mails.Single(mail => mail.Message.Subject == "Article 1").Message.To.Mailboxes.Single().Name ?? "");
            Assert.All(mails, mail => AssertInAscii(mail, local));
        }
        Assert.Equal(5 * Readers.Count, house.Mails.Mails.Count);
    }

    [Fact]
    public async Task Both_forms_are_one_person_everywhere()
    {
        await StartAsync("bücher.example");
        using var csv = new MemoryStream(Encoding.UTF8.GetBytes("email,name,roles,status\n\"info@bücher.example.org\",Zoë,CTO,confirmed\n"));
        Assert.Equal(1, (await house.Get<SubscriberImport>().RunAsync(csv, "asked", "test", default)).Imported);
        var ascii = EmailAddress.Parse("INFO@XN--BCHER-KVA.example.org");
        Assert.Equal("info@xn--bcher-kva.example.org", (await house.Get<SubscriberStore>().GetAsync(ascii)).Email);

        using var exported = new MemoryStream();
        await house.Get<SubscriberExport>().RunAsync(exported, default);
        Assert.Contains("\ninfo@xn--bcher-kva.example.org,Zoë,CTO,", Encoding.UTF8.GetString(exported.ToArray()).ReplaceLineEndings("\n"));
        exported.Position = 0;
        Assert.Equal(1, (await house.Get<SubscriberImport>().RunAsync(exported, "asked", "test", default)).Unchanged);

        await house.DigestAsync();
        await house.ArticleAsync("CTO");
        var edition = await house.SendAsync();
        foreach (var form in new[] { "info@bücher.example.org", "info@xn--bcher-kva.example.org" })
        {
            Assert.Equal("sent", (await house.Get<Explaining>().WhyAsync(edition, form)).State);
            await house.ExecuteAsync("update deliveries set state = 'uncertain'");
            Assert.Equal(1, await house.Get<EditionSteps>().SettleAsync(edition, true, [form], "test"));
        }
        var shown = await MailSummary.OfAsync(Assert.Single(house.Mails.Mails), house.Get<SubscriberStore>());
        var person = shown.People.Single();
        Assert.Equal(("info@bücher.example.org", "Zoë", "CTO"), (person.Address, person.Name, person.Roles.Single()));

        await house.Get<SuppressionStore>().AddAsync(EmailAddress.Parse("info@bücher.example.org"), "complaint", "test");
        Assert.True(await house.Get<SuppressionStore>().IsSuppressedAsync(ascii));
    }

    [Fact]
    public async Task The_command_line_shows_letters_to_people_and_ASCII_to_scripts()
    {
        await StartAsync("bücher.example");
        await house.ReaderAsync("info@bücher.example.org", "CTO");

        var shown = await CliRun.OfAsync(house.Configuration, ["subscribers", "show", "info@xn--bcher-kva.example.org"]);
        Assert.StartsWith("info@bücher.example.org: confirmed", shown.Output);
        var listed = await CliRun.OfAsync(house.Configuration, ["subscribers", "list"]);
        Assert.Contains("  info@bücher.example.org  ", listed.Output);
        var json = await CliRun.OfAsync(house.Configuration, ["subscribers", "show", "info@bücher.example.org", "-o", "json"]);
        Assert.Equal("info@xn--bcher-kva.example.org", json.Json.GetProperty("email").GetString());
    }

    private static void AssertInAscii(CaughtMail mail, string local)
    {
        Assert.Equal("brief@xn--bcher-kva.example", mail.From);
        Assert.Single(mail.Recipients);
        var head = Encoding.Latin1.GetString(mail.Raw, 0, mail.Raw.AsSpan().IndexOf("\r\n\r\n"u8) + 2)
            .Replace("\r\n ", " ", StringComparison.Ordinal).Replace("\r\n\t", " ", StringComparison.Ordinal);
        Assert.True(Ascii.IsValid(head), head);
        Assert.Matches("(?m)^From: =\\?utf-8\\?[^<]+ <brief@xn--bcher-kva\\.example>\r$", head);
        Assert.Matches("(?m)^Reply-To: (<)?antwort@xn--bcher-kva\\.example(?(1)>)\r$", head);
        Assert.Matches($"(?m)^To: ([^<]+ <)?{local}@xn--kln-sna\\.example\\.org(?(1)>)\r$", head);
        Assert.Matches("(?m)^Message-I[Dd]: <[^@]+@xn--bcher-kva\\.example>\r$", head);
        if (mail.Message.Headers["List-Id"] is { } list)
        {
            Assert.Equal("<brief.xn--bcher-kva.example>", list);
        }
    }

    /// <summary>Signs up, is asked, confirms, is welcomed, and says how mails are to greet.</summary>
    private async Task SubscribeAsync(string email, string? name)
    {
        await house.Get<SignUp>().RequestAsync(EmailAddress.Parse(email), ["CTO"], []);
        await house.Get<NoticeSending>().RunAsync(default);
        var subscriber = await house.Get<SubscriberStore>().GetAsync(EmailAddress.Parse(email));
        var token = house.MailsTo(subscriber.Email).Last().Message.TextBody!.Split("/confirm/")[1][..SealedToken.Length];
        await house.Get<Confirmation>().ConfirmAsync(house.Get<SignedLinks>().Read(LinkPurpose.Confirm, token)!);
        await house.Get<NoticeSending>().RunAsync(default);
        await house.Get<PreferenceChange>().ApplyAsync(subscriber.Id, known => known with { Name = name });
    }

    private async Task StartAsync(string domain)
    {
        house = new TestProduct
        {
            Settings = new Dictionary<string, string>
            {
                ["Sender:Name"] = "Bücherbrief", ["Sender:Address"] = "brief@" + domain, ["Sender:ReplyTo"] = "antwort@" + domain,
            },
        };
        await house.InitializeAsync();
    }
}
