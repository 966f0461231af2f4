using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Newsletter.MailCatcher;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Faults;

/// <summary>A relay with a real chain of certificates, and the program in a process of its own, which knows its authority or not.</summary>
public sealed class TlsRelayTests : IAsyncLifetime
{
    private readonly CertificateChain chain = new();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("nl-tls-");
    private readonly TestProduct house = new();
    private long edition;

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "authority.pem"), chain.Authority.ExportCertificatePem());
        await house.InitializeAsync();
        house.Time.SetUtcNow(TimeProvider.System.GetUtcNow());
        await house.DigestAsync();
        await house.ArticleAsync("CTO");
        await house.ReadersAsync(5, "CTO");
        edition = await house.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await house.DisposeAsync();
        chain.Dispose();
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("starttls", "localhost")]
    [InlineData("tls", "localhost")]
    [InlineData("starttls", "127.0.0.1")]
    public async Task A_relay_whose_authority_is_known_gets_the_mails(string security, string host)
    {
        await using var relay = new FaultyRelay(options => options with { Certificate = chain.Server, ImplicitTls = security == "tls" });

        var run = await SendAsync(relay, security, host, isKnown: true);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal((5, 5L), (relay.Mails.Readers, (await house.AccountAsync(edition)).Sent));
    }

    /// <summary>RFC 5321, 4.5.3.2.6: ten minutes are due to a server that has the whole mail. MailKit would wait for two.</summary>
    [Fact]
    [Trait("Length", "long")]
    public async Task An_answer_over_TLS_is_waited_for()
    {
        await using var relay = new FaultyRelay(options => options with { Certificate = chain.Server });
        relay.Faults.On(Step.Stored, new Deed.Stall(TimeSpan.FromSeconds(130)), times: 1);

        var run = await SendAsync(relay, "starttls", "localhost", isKnown: true);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal((5, 5L), (relay.Mails.Total, (await house.AccountAsync(edition)).Sent));
    }

    [Theory]
    [InlineData("starttls")]
    [InlineData("tls")]
    public async Task A_relay_whose_authority_is_unknown_gets_nothing(string security)
    {
        await using var relay = new FaultyRelay(options => options with { Certificate = chain.Server, ImplicitTls = security == "tls" });

        await RefusedAsync(relay, await SendAsync(relay, security, "localhost", isKnown: false));
    }

    [Fact]
    public async Task A_relay_of_another_name_gets_nothing()
    {
        await using var relay = new FaultyRelay(options => options with { Certificate = chain.Other });

        var run = await SendAsync(relay, "starttls", "localhost", isKnown: true);

        await RefusedAsync(relay, run);
        Assert.Contains("its certificate is for another name than localhost", run.Error);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_relay_whose_certificate_is_revoked_gets_nothing_and_one_whose_list_is_out_of_reach_gets_mails(bool isThere)
    {
        await using var lists = WebApplication.CreateSlimBuilder().Build();
        lists.Urls.Add("http://127.0.0.1:0");
        byte[] list = [];
        lists.MapGet("/list.crl", () => Results.Bytes(list));
        await lists.StartAsync();
        using var listed = new CertificateChain(revocationList: lists.Urls.Single() + "/list.crl");
        list = listed.RevocationList();
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "authority.pem"), listed.Authority.ExportCertificatePem());
        if (!isThere)
        {
            await lists.StopAsync();
        }
        await using var relay = new FaultyRelay(options => options with { Certificate = listed.Server });

        var run = await SendAsync(relay, "starttls", "localhost", isKnown: true);

        if (isThere)
        {
            await RefusedAsync(relay, run);
            Assert.Contains("(its certificate is revoked)", run.Error);
        }
        else
        {
            Assert.True(run.ExitCode == 0, run.Error);
            Assert.Equal(5, relay.Mails.Readers);
        }
    }

    [Fact]
    public async Task A_relay_that_does_not_offer_STARTTLS_gets_nothing()
    {
        await using var relay = new FaultyRelay();

        await RefusedAsync(relay, await SendAsync(relay, "starttls", "localhost", isKnown: true));
    }

    [Fact]
    public async Task A_relay_that_refuses_STARTTLS_gets_nothing()
    {
        await using var relay = new FaultyRelay(options => options with { Certificate = chain.Server });
        relay.Faults.On(Step.StartTls, new Deed.Reply(454, "4.7.0 TLS not available"));

        await RefusedAsync(relay, await SendAsync(relay, "starttls", "localhost", isKnown: true));
    }

    /// <summary>The relay takes AUTH inside TLS only.</summary>
    [Theory]
    [InlineData("starttls")]
    [InlineData("tls")]
    public async Task A_relay_that_wants_to_know_who_we_are_is_told_inside_TLS(string security)
    {
        await using var relay = new FaultyRelay(options => options with
        {
            Certificate = chain.Server, ImplicitTls = security == "tls", Credentials = new NetworkCredential("news", "opensesame"),
        });

        var wrong = await SendAsync(relay, security, "localhost", isKnown: true, password: "opensezame");
        await RefusedAsync(relay, wrong);
        Assert.Contains("(535 5.7.8 Wrong user name or password)", wrong.Error);
        Assert.DoesNotContain("opensezame", wrong.Error + wrong.Output, StringComparison.Ordinal);

        var run = await SendAsync(relay, security, "localhost", isKnown: true, password: "opensesame");
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal((5, 5L), (relay.Mails.Readers, (await house.AccountAsync(edition)).Sent));
    }

    private async Task RefusedAsync(FaultyRelay relay, CliRun run)
    {
        Assert.Equal((int)RefusalKind.Unreachable, run.ExitCode);
        Assert.Matches(@"^The SMTP server \S+ cannot be used \(.+\): check the Smtp settings and that it runs\.\n$", run.Error);
        Assert.Equal(0, relay.Mails.Total);
        Assert.Equal(5, (await house.AccountAsync(edition)).Due);
    }

    private Task<CliRun> SendAsync(FaultyRelay relay, string security, string host, bool isKnown, string? password = null)
    {
        var settings = new Dictionary<string, string>(house.Configuration)
        {
            ["Smtp:Host"] = host, ["Smtp:Port"] = $"{relay.Port}", ["Smtp:Security"] = security, ["Data:Directory"] = folder.FullName,
            // .NET keeps revocation lists there.
            ["HOME"] = folder.FullName,
        };
        if (password is not null)
        {
            (settings["Smtp:User"], settings["Smtp:Password"]) = ("news", password);
        }
        if (isKnown)
        {
            settings["SSL_CERT_FILE"] = Path.Combine(folder.FullName, "authority.pem");
        }
        return CliRun.OfAsync(settings, ["editions", "send", $"{edition}", "--wait"]);
    }
}
