using Newsletter.Alarms;
using Newsletter.MailCatcher;
using Newsletter.Monitoring;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Alarms;

/// <summary>A house with two operators who get alarms, one who was disabled, and an editor, who get none.</summary>
public abstract class AlarmTest : IAsyncLifetime
{
    protected const string Operator = "operator@example.com";

    private protected TestProduct House { get; } = new();

    private protected EditionAlarms Editions => House.Get<EditionAlarms>();

    public virtual async Task InitializeAsync()
    {
        await House.InitializeWithReaderAsync();
        await House.ExecuteAsync(
            """
            insert into editors (email, email_key, permission, created_at, disabled_at) values
                ('operator@example.com', 'operator@example.com', 'operator', now(), null),
                ('second@example.com', 'second@example.com', 'operator', now(), null),
                ('gone@example.com', 'gone@example.com', 'operator', now(), now()),
                ('editor@example.com', 'editor@example.com', 'editor', now(), null)
            """);
    }

    public virtual Task DisposeAsync() => House.DisposeAsync();

    private protected Task SendAsync() => House.Get<AlarmSending>().RunAsync(default);

    private protected Task<long> AlarmsAsync(string kind) => House.ScalarAsync<long>("select count(*) from alarms where kind = $1", kind);

    private protected IReadOnlyList<CaughtMail> Told => House.MailsTo(Operator);

    private protected static Alarm SomeAlarm(string about = "edition 5") => new()
    {
        Kind = AlarmKind.EditionLate, About = about, Headline = "Edition 5 is late", Sentence = "It did not begin.",
        ToDo = "Look.", Page = "/editor/editions/5",
    };
}
