using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Newsletter.Database;
using Newsletter.Links;
using Newsletter.Membership;
using Newsletter.Notices;
using Newsletter.Roles;
using Newsletter.Subscribers;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Database;

/// <summary>People who waited for their confirmation while sign-ups were kept in the subscriber's row.</summary>
public sealed class SignUpMigrationTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly DateTimeOffset Now = new(2027, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider time = new(Now);

    private SubscriberStore Subscribers => new(database.DataSource);

    private SignUpStore SignUps => new(database.DataSource, Options.Create(new SubscribersOptions()), time);

    private NoticeStore Notices => new(database.DataSource, time);

    private Confirmation Confirmation => new(database.DataSource, Subscribers, SignUps, Notices, time);

    [Fact]
    public async Task Who_waited_then_may_confirm_and_is_forgotten_in_the_end()
    {
        await database.ResetAsync(migrated: false);
        database.MigrateBefore("0021");
        await ExecuteAsync(
            """
            insert into subscribers (email, email_key, status, topics, created_at, unsubscribed_at, has_old_links)
            select email, email, 'pending', array[email], at::timestamptz, left_at::timestamptz, true from (values
                ('asked', '2027-02-27 08:00Z', null), ('unsent', '2027-03-01 07:59Z', null), ('old', '2027-01-01 08:00Z', null),
                ('imported', '2027-01-01 08:00Z', null), ('left', '2026-01-01 08:00Z', '2027-02-25 08:00Z')) v (email, at, left_at);
            insert into notices (subscriber_id, kind, state, due_at, created_at)
            select s.id, 'confirm', case email when 'unsent' then 'due' else 'sent' end, '2027-03-01 07:59Z',
                   case email when 'left' then '2027-02-26 08:00Z' else s.created_at + interval '20 seconds' end
            from subscribers s where email <> 'imported';
            """);

        await new Migrations(database.ConnectionString).ApplyAsync(default);

        Assert.Equal(ConfirmationState.Left, (await ConfirmAsync("left", "2027-02-24 08:00Z")).State);
        var back = await ConfirmAsync("left", "2027-02-26 08:00Z");
        Assert.Equal((ConfirmationState.Confirmed, "left"), (back.State, Assert.Single(back.Subscriber!.Preferences.Topics)));
        var asked = await ConfirmAsync("asked", "2027-02-27 08:00Z");
        Assert.Equal((ConfirmationState.Confirmed, "asked"), (asked.State, Assert.Single(asked.Subscriber!.Preferences.Topics)));
        Assert.Equal(ConfirmationState.AlreadyConfirmed, (await ConfirmAsync("asked", "2027-02-27 08:00Z")).State);

        var unsent = Assert.Single(await Notices.ClaimAsync(10), n => n.Kind == NoticeKind.Confirm);
        await RunExpiryAsync();
        Assert.Equal(["asked", "unsent", "imported", "left"], await EmailsAsync());
        time.Advance(TimeSpan.FromDays(6.9));
        var confirmed = await Confirmation.ConfirmAsync(new(LinkPurpose.Confirm, unsent.SignUp));
        Assert.Equal((ConfirmationState.Confirmed, "unsent"), (confirmed.State, Assert.Single(confirmed.Subscriber!.Preferences.Topics)));
        time.Advance(TimeSpan.FromDays(30));
        await RunExpiryAsync();
        Assert.Equal(["asked", "unsent", "imported", "left"], await EmailsAsync());
    }

    /// <summary>By a link as it was mailed then.</summary>
    private async Task<ConfirmationAnswer> ConfirmAsync(string email, string issued)
    {
        await using var command = database.DataSource.CreateCommand($"select id from subscribers where email = '{email}'");
        var seconds = DateTimeOffset.Parse(issued, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeSeconds();
        return await Confirmation.ConfirmAsync(new(LinkPurpose.Confirm, new((long)(await command.ExecuteScalarAsync())!, 0), seconds, IsOldForm: true));
    }

    private async Task RunExpiryAsync()
    {
        var taxonomy = new TaxonomyStore(database.DataSource, time);
        var labels = new LabelStore(database.DataSource, taxonomy, new(database.DataSource, time), time);
        var cleanUp = new LabelCleanUp(database.DataSource, new(database.DataSource));
        await new SignUpExpiry(
            database.DataSource, SignUps, Subscribers, new(database.DataSource, labels, time), cleanUp, NullLogger<SignUpExpiry>.Instance)
            .RunAsync(default);
    }

    private async Task<IEnumerable<string>> EmailsAsync() => (await Subscribers.ListAsync(null, 10)).Select(s => s.Email);

    private async Task ExecuteAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
