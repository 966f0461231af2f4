using System.Diagnostics;
using System.Globalization;
using Newsletter.MailCatcher;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Faults;

/// <summary>An edition that programs of their own send, to a server that takes its time over each mail.</summary>
internal sealed class SlowEdition : IAsyncDisposable
{
    public const int Connections = 8;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("nl-slow-");

    private SlowEdition(TestProduct house) => House = house;

    public TestProduct House { get; }

    public long Id { get; private set; }

    public FaultyRelay Relay { get; private set; } = new();

    /// <param name="pace">For storing a mail, and again for saying so.</param>
    /// <param name="database">Null for one on the server of all tests.</param>
    public static async Task<SlowEdition> StartAsync(int readers, TimeSpan pace, string onUncertain = "hold", TestDatabase? database = null)
    {
        var settings = new Dictionary<string, string> { ["Delivery:OnUncertain"] = onUncertain };
        var edition = new SlowEdition(new TestProduct(database ?? new TestDatabase()) { Settings = settings });
        await edition.House.InitializeAsync();
        edition.House.Time.SetUtcNow(TimeProvider.System.GetUtcNow());
        await edition.House.DigestAsync();
        await edition.House.ArticleAsync("CTO");
        await edition.House.ReadersAsync(readers, "CTO");
        edition.Id = await edition.House.StartAsync();
        edition.Pace(pace);
        return edition;
    }

    public Process StartSender(int connections = Connections, double? messagesPerSecond = null) => CliRun.Start(
        new Dictionary<string, string>(House.Configuration)
        {
            ["Smtp:Port"] = $"{Relay.Port}", ["Smtp:Connections"] = connections.ToString(CultureInfo.InvariantCulture), ["Data:Directory"] = folder.FullName,
            ["Smtp:MessagesPerSecond"] = messagesPerSecond?.ToString(CultureInfo.InvariantCulture) ?? "",
        }, "editions", "send", $"{Id}", "--wait");

    public async Task<Outcome> OutcomeAsync() => Outcome.Of(await House.AccountAsync(Id));

    /// <summary>Once more, to a server that has nothing yet.</summary>
    public async Task BeginAgainAsync(TimeSpan pace)
    {
        await House.BeginAgainAsync(Id);
        await Relay.DisposeAsync();
        Relay = new FaultyRelay();
        Pace(pace);
    }

    /// <summary>Whoever counts as sent has it, and whoever is not uncertain is sent.</summary>
    public async Task NobodyIsLostAsync(int readers)
    {
        var outcome = await OutcomeAsync();
        Assert.Equal(new Outcome(readers - outcome.Uncertain, Uncertain: outcome.Uncertain), outcome);
        await using var command = House.Database.DataSource.CreateCommand(
            $"select s.email from deliveries d join subscribers s on s.id = d.subscriber_id where d.edition_id = {Id} and d.state = 'sent'");
        await using var sent = await command.ExecuteReaderAsync();
        while (await sent.ReadAsync())
        {
            Assert.True(Relay.Mails.Of(sent.GetString(0)) > 0, $"{sent.GetString(0)} counts as sent, and the server has nothing for it.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await House.DisposeAsync();
        await Relay.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private void Pace(TimeSpan pace) => Relay.Faults.On(Step.Dot, new Deed.Stall(pace)).On(Step.Stored, new Deed.Stall(pace));
}
