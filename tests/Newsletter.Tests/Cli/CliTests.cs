using System.Net;
using System.Security.Cryptography;
using Newsletter.MailCatcher;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Cli;

/// <summary>The program from outside, most runs of it in this process: names, options and exit codes that scripts rely on.</summary>
public sealed class CliTests : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private readonly TestDatabase database;
    private readonly MailMemory mails = new();
    private readonly Script faults = new();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("nl-cli-");
    private readonly Catcher catcher;
    private readonly Dictionary<string, string> settings;

    public CliTests(TestDatabase database)
    {
        this.database = database;
        catcher = Catcher.Start(new IPEndPoint(IPAddress.Loopback, 0), new CatcherOptions { Keeper = mails, Script = faults });
        settings = new Dictionary<string, string>
        {
            ["Site:PublicUrl"] = "https://news.example.com",
            ["Site:SigningKeys:0"] = "a key for tests, and for nothing else",
            ["Sender:Address"] = "news@example.com",
            ["Sender:PostalAddress"] = "1 Test Street, 12345 Example",
            ["Smtp:Host"] = "127.0.0.1",
            ["Smtp:Port"] = $"{catcher.EndPoint.Port}",
            ["Smtp:Security"] = "none",
            ["Data:Directory"] = folder.FullName,
        };
    }

    public Task InitializeAsync() => ResetAsync(migrated: true);

    public async Task DisposeAsync()
    {
        await catcher.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("53100", 6, "The disk of the database is full")]
    [InlineData("53300", 6, "The database takes no more connections")]
    [InlineData("25006", 6, "The database is read-only")]
    [InlineData("XX000", 1, "run it again with --verbose for a stack trace.")]
    public async Task What_the_database_cannot_do_is_said_in_a_sentence(string state, int exitCode, string words)
    {
        await using (var refusing = database.DataSource.CreateCommand(
            $"""
            create function refuse() returns trigger language plpgsql as $$ begin raise exception 'x' using errcode = '{state}'; end $$;
            create trigger refuse before insert on subscribers execute function refuse();
            """))
        {
            await refusing.ExecuteNonQueryAsync();
        }
        var run = await RunAsync("subscribers", "add", "cto@example.com", "--role", "CTO");

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(words, run.Error);
        Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task From_a_curated_article_to_role_tailored_mails_with_every_reader_accounted()
    {
        var imported = await GoodAsync("items", "import", SampleItem(), "-o", "json");
        Assert.Equal(1, imported.Json.GetProperty("imported").GetInt32());
        await GoodAsync("subscribers", "add", "cto@example.com", "--name", "Carla", "--role", "CTO", "--confirmed");
        await GoodAsync("subscribers", "add", "pm@example.com", "--role", "PM", "--confirmed");
        await GoodAsync("subscribers", "add", "nurse@example.com", "--role", "Nurse", "--confirmed");
        await GoodAsync("digests", "create", "weekly", "--name", "Weekly", "--cron", "0 8 * * MON", "--timezone", "Europe/Berlin");
        var plan = (await GoodAsync("editions", "plan", "weekly", "-o", "json")).Json;
        Assert.Equal((2, 1), (plan.GetProperty("deliveries").GetInt32(), plan.GetProperty("empty").GetInt32()));
        var id = plan.GetProperty("edition").ToString();
        Assert.Equal(5, (await RunAsync("editions", "send", id)).ExitCode);
        await GoodAsync("editions", "approve", id, "--plan-hash", plan.GetProperty("planHash").GetString()!);

        var sent = (await GoodAsync("editions", "send", id, "--wait", "-o", "json")).Json;

        Assert.Equal((3, 2, 1, 0), (Number(sent, "planned"), Number(sent, "sent"), Number(sent, "skipped"), Number(sent, "due")));
        Assert.Equal("sent", sent.GetProperty("state").GetString());
        Assert.Equal(["cto@example.com", "pm@example.com"], mails.Mails.SelectMany(m => m.Recipients).Order());
        Assert.Contains("Nurse", (await GoodAsync("roles", "review")).Output);
        var why = (await GoodAsync("editions", "why", id, "nurse@example.com", "-o", "json")).Json;
        Assert.Equal("skipped", why.GetProperty("state").GetString());
        Assert.Equal(1, why.GetProperty("withheld").GetArrayLength());
    }

    [Fact]
    public async Task Sign_ups_that_are_held_are_told_released_and_discarded()
    {
        Assert.Contains("not held", (await GoodAsync("sign-ups", "status")).Output);
        await using (var holding = database.DataSource.CreateCommand(
            """
            insert into subscribers (email, email_key, status, created_at, provisional)
            values ('a@example.com', 'a@example.com', 'pending', now(), true);
            insert into notices (subscriber_id, kind, state, mailbox, due_at, created_at)
            select id, 'preferences', 'held', email_key, now(), now() from subscribers;
            update sign_up_brake set since = now();
            """))
        {
            await holding.ExecuteNonQueryAsync();
        }
        var status = (await GoodAsync("sign-ups", "status", "-o", "json")).Json;
        Assert.Equal((1, 1, 100), (Number(status, "held"), Number(status, "lastHour"), Number(status, "limit")));
        var doctor = await RunAsync("doctor");
        Assert.Equal(3, doctor.ExitCode);
        Assert.Matches("sign-ups +BAD +New sign-ups have been held since", doctor.Output);
        Assert.Equal(1, Number((await GoodAsync("sign-ups", "release", "-o", "json")).Json, "count"));
        Assert.Equal("0 discarded", (await GoodAsync("sign-ups", "discard")).Output.Trim());
        Assert.Contains("not held", (await GoodAsync("sign-ups", "status")).Output);
    }

    [Fact]
    public async Task An_editor_simulates_steers_and_looks_at_the_coverage()
    {
        var item = (await GoodAsync("items", "import", SampleItem(), "-o", "json")).Json.GetProperty("items")[0].GetProperty("id").ToString();
        await GoodAsync("subscribers", "add", "cto@example.com", "--role", "CTO", "--confirmed");
        await GoodAsync("subscribers", "add", "press@example.com", "--role", "Journalist", "--confirmed");
        await GoodAsync("digests", "create", "weekly", "--name", "Weekly");
        var simulated = (await GoodAsync("editions", "simulate", "weekly", "--without", item, "-o", "json")).Json;
        Assert.Equal((0, -1), (Number(simulated, "deliveries"), Number(simulated.GetProperty("difference"), "deliveries")));
        Assert.Contains("Journalist", (await GoodAsync("editions", "simulate", "weekly")).Output);
        Assert.Equal(3, (await RunAsync("editions", "simulate", "weekly", "--max", "51")).ExitCode);
        var id = (await GoodAsync("editions", "plan", "weekly")).Output.Trim();

        var pinned = (await GoodAsync("editions", "pin", id, item, "--role", "Journalist", "-o", "json")).Json;
        Assert.Equal((id, 2), (pinned.GetProperty("edition").ToString(), Number(pinned, "deliveries")));
        await GoodAsync("editions", "order", id, item);
        Assert.Contains("pin for Journalist: ", (await GoodAsync("editions", "coverage", id)).Output);
        Assert.Equal(1, Number((await GoodAsync("editions", "unsteer", id, item, "-o", "json")).Json, "deliveries"));
        Assert.Equal(0, Number((await GoodAsync("editions", "exclude", id, item, "-o", "json")).Json, "deliveries"));
        Assert.Equal(4, (await RunAsync("editions", "lead", id, "17")).ExitCode);
        Assert.Equal("journalist", (await GoodAsync("editions", "coverage", id, "-o", "json")).Json.GetProperty("roles").EnumerateArray()
            .Single(r => r.GetProperty("name").GetString()!.Contains("Journalist", StringComparison.Ordinal) && Number(r, "readers") == 1)
            .GetProperty("role").GetString());
    }

    [Theory]
    [InlineData(550, "5.1.1 no such person", "failed")]
    [InlineData(450, "4.2.1 greylisted", "deferred")]
    public async Task Deliveries_that_failed_or_are_put_off_end_with_exit_code_7(int code, string text, string state)
    {
        faults.On(Step.Rcpt, new Deed.Reply(code, text));
        await GoodAsync("items", "import", SampleItem());
        await GoodAsync("subscribers", "add", "cto@example.com", "--role", "CTO", "--confirmed");
        await GoodAsync("digests", "create", "weekly", "--name", "Weekly", "--approval", "none");
        var id = (await GoodAsync("editions", "plan", "weekly")).Output.Trim();

        var run = await RunAsync("editions", "send", id, "--wait", "-o", "json");

        Assert.Equal((7, 1), (run.ExitCode, Number(run.Json, state)));
    }

    [Fact]
    public async Task What_is_exported_replaces_a_file_when_it_is_whole_and_what_is_no_file_never()
    {
        var folder = Directory.CreateTempSubdirectory("nl-export-");
        var file = Path.Combine(folder.FullName, "roles.json");
        await File.WriteAllTextAsync(file, new string('x', 1_000_000));
        await GoodAsync("roles", "export", file);
        Assert.StartsWith("{", await File.ReadAllTextAsync(file));
        Assert.Single(folder.GetFiles());

        var full = await RunAsync("roles", "export", "/dev/full");
        Assert.Equal(3, full.ExitCode);
        Assert.Matches("^'/dev/full' cannot be written: .+\\.\n$", full.Error);
        Assert.True(File.Exists("/dev/full"));
        Assert.Equal(4, (await RunAsync("subscribers", "export", Path.Combine(folder.FullName, "nowhere", "people.csv"))).ExitCode);
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("{", "roles", "export")]
    [InlineData("email,", "subscribers", "export")]
    [InlineData("", "backup", "--passphrase-file", "passphrase")]
    public async Task Each_command_that_writes_makes_a_new_file_or_writes_to_standard_output_and_refuses_a_folder(string start, params string[] words)
    {
        var folder = Directory.CreateTempSubdirectory("nl-export-");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "passphrase"), "a passphrase for this test alone");
        words = [.. words.Select(word => word == "passphrase" ? Path.Combine(folder.FullName, word) : word)];
        var file = Path.Combine(folder.FullName, "new file");

        await GoodAsync([.. words, file]);
        Assert.StartsWith(start, await File.ReadAllTextAsync(file));
        Assert.StartsWith(start, (await GoodAsync([.. words, "-"])).Output);
        var refused = await RunAsync([.. words, folder.FullName]);
        Assert.Equal((3, $"'{folder.FullName}' is a folder: give the name of a file in it.\n"), (refused.ExitCode, refused.Error));
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Port=99999")]
    [InlineData("no connection string")]
    public async Task A_connection_string_that_is_none_is_refused(string text)
    {
        settings["ConnectionStrings:Newsletter"] = text;

        var run = await RunAsync("items", "list");

        Assert.Equal(3, run.ExitCode);
        Assert.Matches(@"^ConnectionStrings:Newsletter is not a valid PostgreSQL connection string \(.+\)\.\n$", run.Error);
    }

    [Fact]
    public async Task A_preview_is_the_very_message()
    {
        await GoodAsync("items", "import", SampleItem());
        await GoodAsync("subscribers", "add", "cto@example.com", "--role", "CTO", "--confirmed");
        await GoodAsync("digests", "create", "weekly", "--name", "Weekly");
        var id = (await GoodAsync("editions", "plan", "weekly")).Output.Trim();
        var directory = Path.Combine(folder.FullName, "preview");

        await GoodAsync("editions", "preview", id, "--role", "cto", "--out", directory);

        Assert.Contains("<html", await File.ReadAllTextAsync(Path.Combine(directory, "digest.html")));
        Assert.DoesNotContain("<", await File.ReadAllTextAsync(Path.Combine(directory, "digest.txt")));
        Assert.Contains("multipart/alternative", await File.ReadAllTextAsync(Path.Combine(directory, "message.eml")));
        Assert.Equal(4, (await RunAsync("editions", "preview", id, "--role", "journalist", "--out", directory)).ExitCode);
        var file = await RunAsync("editions", "preview", id, "--role", "cto", "--out", Path.Combine(directory, "digest.txt"));
        Assert.Equal(3, file.ExitCode);
        Assert.Matches("^The preview cannot be written to '.+digest.txt': .+\\.\n$", file.Error);
    }

    [Theory]
    [InlineData(2, "nonsense")]
    [InlineData(2, "items", "show", "seventeen")]
    [InlineData(2, "items", "import")]
    [InlineData(2, "roles", "list", "-o", "xml")]
    [InlineData(2, "items", "list", "--limit", "0")]
    [InlineData(3, "serve", "--urls", "foo")]
    [InlineData(3, "serve", "--urls", "http://999.1.1.1:1")]
    [InlineData(3, "items", "import", "no-such-file.txt")]
    [InlineData(3, "subscribers", "add", "not an address", "--confirmed")]
    [InlineData(3, "digests", "create", "weekly", "--name", "W", "--cron", "now and then")]
    [InlineData(3, "digests", "create", "weekly", "--name", "W", "--timezone", "Mars/Olympus")]
    [InlineData(3, "digests", "create", "Week ly", "--name", "W")]
    [InlineData(3, "digests", "create", "weekly", "--name", "W", "--min", "9", "--max", "3")]
    [InlineData(4, "items", "show", "17")]
    [InlineData(4, "digests", "show", "none")]
    [InlineData(4, "editions", "approve", "17")]
    [InlineData(4, "editions", "pin", "17", "1")]
    [InlineData(4, "editions", "coverage", "17")]
    [InlineData(4, "editions", "simulate", "none")]
    [InlineData(2, "editions", "order", "17")]
    [InlineData(4, "subscribers", "show", "nobody@example.com")]
    [InlineData(4, "roles", "alias", "Whisperer", "no-such-role")]
    [InlineData(5, "roles", "alias", "CTO", "ceo")]
    [InlineData(4, "roles", "unteach", "Whisperer")]
    [InlineData(4, "roles", "import", "no-such-file.json")]
    [InlineData(3, "roles", "import", "-")]
    [InlineData(3, "subscribers", "add", "ada@example.com", "--weekday", "someday")]
    [InlineData(3, "subscribers", "add", "ada@example.com", "--too-few", "beg")]
    [InlineData(3, "subscribers", "add", "ada@example.com", "--timezone", "Mars/Olympus")]
    [InlineData(3, "subscribers", "add", "ada@example.com", "--topic", "RAG", "--mute", "rag")]
    public async Task A_mistake_gets_one_sentence_and_its_exit_code(int exitCode, params string[] words)
    {
        var run = await RunAsync(words);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Single(run.Error.Trim().Split('\n'));
        Assert.DoesNotContain("   at ", run.Error);
        Assert.Empty(exitCode == 3 && words[0] == "items" ? "" : run.Output);
    }

    [Fact]
    public async Task All_that_a_reader_may_choose_is_set_shown_and_taken_back()
    {
        await GoodAsync(
            "subscribers", "add", "ada@example.com", "--role", "CTO", "--cadence", "weekly", "--weekday", "tue", "--hour", "7",
            "--too-few", "widen", "--confirmed");
        var shown = (await GoodAsync("subscribers", "show", "ada@example.com")).Output;
        Assert.Contains("cadence: weekly, weeks begin on Tuesday", shown);
        Assert.Contains("hour: 07", shown);
        Assert.Contains("depth: by role; when too few items fit: widen", shown);

        await GoodAsync("subscribers", "edit", "ada@example.com", "--weekday", "", "--too-few", "roll_over", "--depth", "brief",
            "--paused-until", "2096-12-24");

        shown = (await GoodAsync("subscribers", "show", "ada@example.com")).Output;
        Assert.Contains("cadence: weekly, no mail before 2096-12-24", shown);
        Assert.Contains("depth: brief; when too few items fit: roll_over", shown);
    }

    [Fact]
    public async Task Why_names_every_item_that_fits_and_counts_the_others()
    {
        await GoodAsync("subscribers", "add", "cto@example.com", "--role", "CTO", "--mute", "Crypto", "--confirmed");
        var items = Path.Combine(folder.FullName, "items.jsonl");
        await File.WriteAllLinesAsync(items, Enumerable.Range(0, 20).Select(i =>
        {
            var (title, summary) = ($"Brief number {i}", $"What brief {i} says of matter {i * 7919}.");
            var (role, topic) = (i < 14 ? "CTO" : "Tech Journalist", i == 0 ? "Crypto" : $"Topic {i}");
            return $$"""{"title":"{{title}}","summary":"{{summary}}","bestFor":["{{role}}"],"topics":["{{topic}}"]}""";
        }));
        await GoodAsync("items", "import", items);
        await GoodAsync("digests", "create", "weekly", "--name", "Weekly", "--max", "2");
        var id = (await GoodAsync("editions", "plan", "weekly")).Output.Trim();

        var why = (await GoodAsync("editions", "why", id, "cto@example.com")).Output;

        Assert.Contains("Brief number 0 [item 1]: You muted one of its topics.", why);
        Assert.Equal(11, why.Split("Other articles fit you better").Length - 1);
        Assert.Contains("and 6 that fit none of the roles chosen", why);
    }

    [Fact]
    public async Task An_older_schema_is_refused_until_it_is_migrated()
    {
        await ResetAsync(migrated: false);
        var refused = await RunAsync("items", "list");
        Assert.Equal(5, refused.ExitCode);
        Assert.Contains("newsletter migrate", refused.Error);

        await GoodAsync("migrate");
        await GoodAsync("items", "list");
    }

    [Fact]
    public async Task A_database_or_relay_out_of_reach_is_exit_code_6()
    {
        settings["ConnectionStrings:Newsletter"] = "Host=127.0.0.1;Port=1;Username=nobody;Timeout=2";
        Assert.Equal(6, (await RunAsync("items", "list")).ExitCode);

        settings["ConnectionStrings:Newsletter"] = database.ConnectionString;
        settings.Remove("Smtp:Host");
        await GoodAsync("items", "import", SampleItem());
        await GoodAsync("subscribers", "add", "cto@example.com", "--role", "CTO", "--confirmed");
        await GoodAsync("digests", "create", "weekly", "--name", "Weekly", "--approval", "none");
        var id = (await GoodAsync("editions", "plan", "weekly")).Output.Trim();
        var send = await RunAsync("editions", "send", id, "--wait");
        Assert.Equal(6, send.ExitCode);
        Assert.Contains("Smtp:Host", send.Error);
        Assert.Empty(mails.Mails);
    }

    [Fact]
    public async Task An_edition_gets_a_subject_and_an_intro_and_its_preview_shows_them()
    {
        await GoodAsync("items", "import", SampleItem());
        await GoodAsync("subscribers", "add", "cto@example.com", "--role", "CTO", "--confirmed");
        await GoodAsync("digests", "create", "weekly", "--name", "Weekly");
        var id = (await GoodAsync("editions", "plan", "weekly")).Output.Trim();

        Assert.Equal("Bend!", (await GoodAsync("editions", "subject", id, "Bend!", "-o", "json")).Json.GetProperty("subject").GetString());
        await GoodAsync("editions", "intro", id, "Read this first.");
        await GoodAsync("editions", "preview", id, "--role", "CTO", "--out", folder.FullName);
        Assert.Contains("Subject: [Test] Bend!", await File.ReadAllTextAsync(Path.Combine(folder.FullName, "message.eml")));
        Assert.Contains("Read this first.", await File.ReadAllTextAsync(Path.Combine(folder.FullName, "digest.txt")));
        Assert.DoesNotContain("Read this", (await GoodAsync("editions", "intro", id, "--clear")).Output);
        Assert.Equal(3, (await RunAsync("editions", "intro", id)).ExitCode);
        Assert.Equal(3, (await RunAsync("editions", "subject", id, "--clear", "And a text")).ExitCode);

        await GoodAsync("editions", "approve", id);
        Assert.Equal(5, (await RunAsync("editions", "subject", id, "Too late")).ExitCode);
        var refused = await RunAsync("items", "list", "--Brand:AccentColour", "#ffcc00");
        Assert.Equal((3, true), (refused.ExitCode, refused.Error.Contains("1.51:1", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_demo_refuses_a_configured_database_or_relay()
    {
        var run = await RunAsync("demo", "--exit");

        Assert.Equal(5, run.ExitCode);
        Assert.Contains("must not use", run.Error);
    }

    [Fact]
    public async Task A_value_that_begins_with_an_at_sign_is_a_value()
    {
        var digest = await GoodAsync("digests", "create", "weekly", "--name", "@news", "-o", "json");

        Assert.Equal("@news", digest.Json.GetProperty("name").GetString());
    }

    [Fact]
    public async Task The_command_line_overrides_the_environment()
    {
        settings["Smtp:Port"] = "1";

        var doctor = await CliRun.ProcessAsync(settings, ["doctor", "--Smtp:Port", $"{catcher.EndPoint.Port}"]);

        Assert.Equal(0, doctor.ExitCode);
        Assert.Equal(3, (await CliRun.ProcessAsync(settings, ["doctor"])).ExitCode);
    }

    [Fact]
    public async Task The_doctor_says_what_to_publish_for_a_key_and_which_key_does_not_help()
    {
        var file = Path.Combine(folder.FullName, "dkim.pem");
        using var key = RSA.Create(2048);
        await File.WriteAllTextAsync(file, key.ExportPkcs8PrivateKeyPem());
        (settings["Dkim:Domain"], settings["Dkim:Selector"], settings["Dkim:KeyFile"]) = ("example.com", "brief", file);

        var doctor = await GoodAsync("doctor");

        Assert.Contains($"brief._domainkey.example.com TXT \"v=DKIM1; k=rsa; p={Convert.ToBase64String(key.ExportSubjectPublicKeyInfo())}\"", doctor.Output);
        var stranger = await RunAsync("doctor", "--Dkim:Domain", "example.net");
        Assert.Equal(3, stranger.ExitCode);
        Assert.Contains("DMARC fails", stranger.Output);
        Assert.Contains("cannot be read", (await RunAsync("doctor", "--Dkim:KeyFile", "nowhere.pem")).Output);
    }

    [Theory]
    [InlineData("Sender:Address", "newsletter@localhost")]
    [InlineData("Sender:PostalAddress", " ")]
    public async Task The_doctor_wants_to_know_who_sends(string name, string value)
    {
        var doctor = await RunAsync("doctor", "--" + name, value);

        Assert.Equal(3, doctor.ExitCode);
        Assert.Contains("set Sender:Address to an address of your own domain", doctor.Output);
    }

    [Theory]
    [InlineData("Bounces:Mailbox:User", "bounces", 3)]
    [InlineData("Tracking:Opens", "true", 3)]
    [InlineData("Tracking:Opens", "False", 0)]
    public async Task A_setting_of_a_later_version_is_refused_when_it_turns_something_on(string name, string value, int exitCode) =>
        Assert.Equal(exitCode, (await RunAsync("items", "list", "--" + name, value)).ExitCode);

    private async Task ResetAsync(bool migrated)
    {
        await database.ResetAsync(migrated);
        settings["ConnectionStrings:Newsletter"] = database.ConnectionString;
    }

    private static int Number(System.Text.Json.JsonElement json, string name) => json.GetProperty(name).GetInt32();

    /// <returns>The path of an article for a CTO and for an AI Product Manager.</returns>
    private string SampleItem()
    {
        var path = Path.Combine(folder.FullName, "article.txt");
        File.WriteAllText(path, "Plans that bend\nSummary\nA plan is a guess with a date.\nBest for: CTO, AI Product Manager\n");
        return path;
    }

    private Task<CliRun> RunAsync(params string[] words) => CliRun.OfAsync(settings, words);

    private async Task<CliRun> GoodAsync(params string[] words)
    {
        var run = await RunAsync(words);
        Assert.True(run.ExitCode == 0, $"'{string.Join(' ', words)}' ended with {run.ExitCode}: {run.Error}");
        return run;
    }
}
