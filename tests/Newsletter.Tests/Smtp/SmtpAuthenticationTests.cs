using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Newsletter.Dkim;
using Newsletter.Mime;
using Newsletter.Smtp;
using Newsletter.Tests.Faults;

namespace Newsletter.Tests.Smtp;

public sealed class SmtpAuthenticationTests
{
    private const string User = "news";
    private const string Password = "pässword, with = and more";

    [Theory]
    [InlineData("PLAIN")]
    [InlineData("LOGIN")]
    [InlineData("CRAM-MD5")]
    [InlineData("SCRAM-SHA-1")]
    [InlineData("SCRAM-SHA-256")]
    [InlineData("SCRAM-SHA-512")]
    public async Task Each_mechanism_passes_with_the_right_password_only(string mechanism)
    {
        await using var relay = ScriptedRelay.Offering(mechanism, TalkAsync);

        await OpenAsync(relay);
        var refusal = await Assert.ThrowsAsync<Refusal>(() => OpenAsync(relay, "wrong"));

        Assert.Contains("(535 5.7.8 Wrong user name or password)", refusal.Message);
    }

    [Fact]
    public async Task A_relay_that_wants_to_know_who_we_are_gets_mail()
    {
        await using var relay = new FaultyRelay(options => options with { Credentials = new NetworkCredential(User, Password) });
        var settings = (relay.Settings(1) with { User = User, Password = Password }).All().Single();
        using var connection = Connection(settings);

        var outcome = await connection.SendAsync(new WireMail("a@example.com", "b@example.com", "Subject: x\r\n"u8.ToArray(), ["y\r\n"u8.ToArray()]), default);

        Assert.Equal(SmtpOutcomeKind.Accepted, outcome.Kind);
        Assert.Equal(1, relay.Mails.Total);
    }

    [Theory]
    [InlineData("LOGIN PLAIN SCRAM-SHA-1 SCRAM-SHA-256", "AUTH SCRAM-SHA-256 ")]
    [InlineData("LOGIN PLAIN SCRAM-SHA-256-PLUS SCRAM-SHA-1", "AUTH SCRAM-SHA-1 ")]
    [InlineData("LOGIN PLAIN CRAM-MD5 DIGEST-MD5", "AUTH CRAM-MD5")]
    [InlineData("XOAUTH2 OAUTHBEARER LOGIN plain", "AUTH PLAIN ")]
    public async Task The_strongest_that_is_offered_comes_first(string offered, string first)
    {
        await using var relay = ScriptedRelay.Offering(offered, TalkAsync);

        await OpenAsync(relay);

        Assert.StartsWith(first, relay.Heard.ElementAt(1));
    }

    /// <summary>MailKit does so, too: some servers offer what they cannot do for this name.</summary>
    [Theory]
    [InlineData("504 5.5.4 Not this one")]
    [InlineData("534 5.7.9 Too weak")]
    [InlineData("535 5.7.8 No")]
    [InlineData("454 4.7.0 Not now")]
    public async Task What_is_refused_is_followed_by_the_next_mechanism(string refusal)
    {
        await using var relay = ScriptedRelay.Offering("SCRAM-SHA-256 PLAIN", async (talk, command) =>
        {
            if (command.StartsWith("AUTH PLAIN ", StringComparison.Ordinal))
            {
                await TalkAsync(talk, command);
                return;
            }
            await talk.SayAsync(refusal);
        });

        await OpenAsync(relay);

        Assert.Equal(3, relay.Heard.Count);
    }

    /// <summary>The exchange is ended by a star (RFC 4954, 4), and the server may still be asked for another.</summary>
    [Theory]
    [InlineData("LOGIN", "334 Username:")]
    [InlineData("CRAM-MD5", "334 !")]
    [InlineData("SCRAM-SHA-256", "334 ???")]
    [InlineData("SCRAM-SHA-256", "334")]
    [InlineData("SCRAM-SHA-256", "334 cj1ldmlsLHM9QUFBQSxpPTE=")] // r=evil,s=AAAA,i=1
    [InlineData("PLAIN", "334 ")]
    [InlineData("NTLM", "334 TlRMTVNTUAACAAAA")]
    public async Task A_challenge_that_cannot_be_answered_ends_the_exchange(string mechanism, string challenge)
    {
        await using var relay = ScriptedRelay.Offering(mechanism, async (talk, _) =>
        {
            await talk.SayAsync(challenge);
            await talk.SayAsync(await talk.HearAsync() == "*" ? "501 5.7.0 Cancelled" : "235 Welcome");
        });

        var refusal = await Assert.ThrowsAsync<Refusal>(() => OpenAsync(relay));

        Assert.Contains($"({mechanism} failed: the challenge is invalid, or the user name or password cannot be used with it)", refusal.Message);
        Assert.Equal("*", relay.Heard.Last());
    }

    [Theory]
    [InlineData("no Base64!", "4096")]
    [InlineData("AAAA,s=AAAA", "4096")]
    [InlineData("AAAA", "0")]
    [InlineData("AAAA", "2147483647")]
    [InlineData("AAAA", "99999999999999")]
    public async Task A_hostile_SCRAM_challenge_costs_neither_time_nor_more_than_a_refusal(string salt, string iterations)
    {
        await using var relay = ScriptedRelay.Offering("SCRAM-SHA-256", async (talk, command) =>
        {
            var nonce = ScriptedTalk.Text(command.Split(' ')[2]).Split(",r=")[1];
            await talk.SayAsync($"334 {Convert.ToBase64String(Encoding.UTF8.GetBytes($"r={nonce}x,s={salt},i={iterations}"))}");
            await talk.HearAsync();
            await talk.SayAsync("501 5.7.0 Cancelled");
        });
        var started = Stopwatch.GetTimestamp();

        await Assert.ThrowsAsync<Refusal>(() => OpenAsync(relay));

        Assert.Equal("*", relay.Heard.Last());
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_server_whose_SCRAM_signature_is_forged_is_not_believed()
    {
        await using var relay = ScriptedRelay.Offering("SCRAM-SHA-256", (talk, command) =>
            new ScramServer(HashAlgorithmName.SHA256, User, "unknown").TalkAsync(talk, command, isForged: true));

        await Assert.ThrowsAsync<Refusal>(() => OpenAsync(relay));

        Assert.Equal("*", relay.Heard.Last());
    }

    [Fact]
    public async Task A_server_that_never_ends_its_challenges_is_left()
    {
        await using var relay = ScriptedRelay.Offering("LOGIN", async (talk, _) =>
        {
            for (var said = ""; said != "*"; said = await talk.HearAsync())
            {
                await talk.SayAsync("334 VXNlcm5hbWU6");
            }
            await talk.SayAsync("501 5.7.0 Cancelled");
        });

        await Assert.ThrowsAsync<Refusal>(() => OpenAsync(relay));

        Assert.Equal(5, relay.Heard.Count);
    }

    [Theory]
    [InlineData("", "(the server closed the connection)")]
    [InlineData("421 4.7.0 Too many tries", "(421 4.7.0 Too many tries)")]
    [InlineData("535 5.7.8 No", "(535 5.7.8 No)")]
    public async Task A_server_that_closes_says_why_if_it_says_anything(string word, string reason)
    {
        await using var relay = new ScriptedRelay(async talk =>
        {
            await talk.SayAsync("220 relay.example");
            await talk.HearAsync();
            await talk.SayAsync("250-relay.example\r\n250 AUTH PLAIN LOGIN");
            await talk.HearAsync();
            await talk.SendAsync(word.Length == 0 ? "" : word + "\r\n");
        });

        Assert.Contains(reason, (await Assert.ThrowsAsync<Refusal>(() => OpenAsync(relay))).Message);
    }

    [Theory]
    [InlineData("PLAIN")]
    [InlineData("LOGIN")]
    public async Task A_server_that_quotes_what_it_heard_brings_no_password_into_a_message(string mechanism)
    {
        await using var relay = ScriptedRelay.Offering(mechanism, async (talk, command) =>
        {
            if (mechanism == "LOGIN")
            {
                await talk.ChallengeAsync("Username:");
                await talk.SayAsync("334 UGFzc3dvcmQ6");
                command = (await talk.HearAsync())!;
            }
            await talk.SayAsync($"535-5.7.8 No user knows\r\n535 5.7.8 {command.Split(' ')[^1]}");
        });

        var refusal = await Assert.ThrowsAsync<Refusal>(() => OpenAsync(relay));

        Assert.Contains("(535 5.7.8)", refusal.Message);
    }

    /// <summary>A password is no token: it is not shown to a server that wants one.</summary>
    [Theory]
    [InlineData("XOAUTH2 OAUTHBEARER")]
    [InlineData("DIGEST-MD5 SCRAM-SHA-256-PLUS")]
    [InlineData("GSSAPI EXTERNAL ANONYMOUS")]
    public async Task A_server_that_offers_nothing_we_can_do_hears_no_password(string offered)
    {
        await using var relay = ScriptedRelay.Offering(offered, TalkAsync);

        var refusal = await Assert.ThrowsAsync<Refusal>(() => OpenAsync(relay));

        Assert.Contains("(No compatible authentication mechanisms found)", refusal.Message);
        Assert.Single(relay.Heard);
    }

    [Fact]
    public async Task A_server_without_AUTH_hears_no_password()
    {
        await using var relay = new FaultyRelay();

        var refusal = await Assert.ThrowsAsync<Refusal>(
            () => Connection((relay.Settings(1) with { User = User, Password = Password }).All().Single()).OpenAsync(default));

        Assert.Contains("(The SMTP server does not support authentication)", refusal.Message);
    }

    private static SmtpConnection Connection(SmtpRelay relay) => new(relay, new DkimSigner(Options.Create(new DkimOptions())), TimeProvider.System);

    private static async Task OpenAsync(ScriptedRelay relay, string password = Password)
    {
        using var connection = Connection(relay.Settings(user: User, password: password));
        await connection.OpenAsync(default).WaitAsync(TimeSpan.FromSeconds(20));
    }

    /// <summary>The server's side, by the book.</summary>
    private static async Task TalkAsync(ScriptedTalk talk, string command)
    {
        var words = command.Split(' ');
        switch (words[1])
        {
            case "PLAIN":
                await JudgeAsync(talk, ScriptedTalk.Text(words[2]) == $"\0{User}\0{Password}");
                break;
            case "LOGIN":
                await JudgeAsync(talk, (await talk.ChallengeAsync("Username:"), await talk.ChallengeAsync("Password:")) == (User, Password));
                break;
            case "CRAM-MD5":
                var digest = HMACMD5.HashData(Encoding.UTF8.GetBytes(Password), "<1@relay.example>"u8);
                await JudgeAsync(talk, await talk.ChallengeAsync("<1@relay.example>") == $"{User} {Convert.ToHexStringLower(digest)}");
                break;
            case ['S', 'C', 'R', 'A', 'M', '-', 'S', 'H', 'A', '-', .. var size]:
                await new ScramServer(new HashAlgorithmName("SHA" + size), User, Password).TalkAsync(talk, command);
                break;
        }
    }

    private static Task JudgeAsync(ScriptedTalk talk, bool isRight) =>
        talk.SayAsync(isRight ? "235 2.7.0 Welcome" : "535 5.7.8 Wrong user name or password");
}
