using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Newsletter.Addresses;
using Newsletter.Database;
using Newsletter.Links;
using Newsletter.Membership;
using Newsletter.Notices;
using Newsletter.Roles;
using Newsletter.Subscribers;
using Newsletter.Tests.Support;
using Newsletter.Transfer;

namespace Newsletter.Tests.Subscribers;

/// <summary>A fresh database with the verbs and stores of the room over it, and a clock to turn.</summary>
public abstract class PeopleTest : IAsyncLifetime
{
    private readonly TestDatabase database = new();

    protected LabelStore Labels { get; private set; } = null!;

    protected FakeTimeProvider Time { get; } = new(new DateTimeOffset(2027, 3, 1, 8, 0, 0, TimeSpan.Zero));

    protected AuditStore Audit => new(database.DataSource, Time);

    protected SubscriberStore Subscribers => new(database.DataSource);

    protected NoticeStore Notices => new(database.DataSource, Time);

    protected SuppressionStore Suppressions => new(database.DataSource, Audit, Time);

    protected SignUpStore SignUps => new(database.DataSource, Microsoft.Extensions.Options.Options.Create(Options), Time);

    protected NewLabelStore NewLabels => new(database.DataSource, Labels, Time);

    protected SubscribersOptions Options { get; set; } = new();

    protected SignUpBrakeStore BrakeRows => new(database.DataSource, Time);

    protected SignUpBrake Brake =>
        new(database.DataSource, BrakeRows, Microsoft.Extensions.Options.Options.Create(Options), Audit, Time, NullLogger<SignUpBrake>.Instance);

    protected SignUp SignUp => new(database.DataSource, Subscribers, SignUps, Notices, NewLabels, Suppressions, Brake, Time);

    protected LabelCleanUp CleanUp => new(database.DataSource, new(database.DataSource));

    protected SignUpQueue SignUpQueue =>
        new(new SignUpQueueStore(database.DataSource, Time), NewLabels, SignUp, NullLogger<SignUpQueue>.Instance);

    protected SignUpExpiry Expiry => new(database.DataSource, SignUps, Subscribers, NewLabels, CleanUp, NullLogger<SignUpExpiry>.Instance);

    protected AddSubscriber Enrolment => new(database.DataSource, Subscribers, SignUps, Notices, Labels, Suppressions, Time);

    protected Confirmation Confirmation => new(database.DataSource, Subscribers, SignUps, Notices, Time);

    protected Unsubscribing Unsubscribing => new(database.DataSource, Subscribers, SignUps, Notices, Time);

    protected PreferenceChange PreferenceChange => new(database.DataSource, Subscribers, Labels, NewLabels, Time);

    protected Erasure Erasure => new(database.DataSource, Subscribers, CleanUp, Audit);

    protected SubscriberImport Import => new(database.DataSource, new(), Labels, Audit, Time);

    protected SubscriberExport Export => new(Subscribers);

    public async Task InitializeAsync()
    {
        await database.InitializeAsync();
        var taxonomy = new TaxonomyStore(database.DataSource, Time);
        await taxonomy.LoadAsync();
        Labels = new(database.DataSource, taxonomy, Audit, Time);
    }

    public Task DisposeAsync() => database.DisposeAsync();

    protected static EmailAddress Address(string text) => EmailAddress.Parse(text);

    protected Task<Subscriber?> FindAsync(string email) => Subscribers.FindAsync(Address(email));

    protected Task<Subscriber> AddConfirmedAsync(string email, Preferences? preferences = null) =>
        Enrolment.AddAsync(Address(email), preferences ?? new(), confirmed: true, "cli");

    /// <summary>The link in the latest mail that asks this person to confirm.</summary>
    protected async Task<SignedLink> LinkAsync(string email)
    {
        var id = await ScalarAsync<long>(
            $"select max(u.id) from sign_ups u join subscribers s on s.id = u.subscriber_id where s.email_key = '{Address(email).Key}'");
        return new(LinkPurpose.Confirm, new(id, await ScalarAsync<long>($"select secret from sign_ups where id = {id}")));
    }

    /// <summary>The link in the mail that said goodbye.</summary>
    protected static SignedLink ReturnLink(Subscriber subscriber) => new(LinkPurpose.Return, subscriber.Row, 0);

    /// <summary>A connection of its own, for a transaction that others meet.</summary>
    protected Task<Npgsql.NpgsqlConnection> ConnectAsync() => database.DataSource.OpenConnectionAsync().AsTask();

    protected async Task ExecuteAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    protected async Task<T?> ScalarAsync<T>(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync() is T value ? value : default;
    }
}
