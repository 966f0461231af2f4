using Newsletter.Tests.Support;

namespace Newsletter.Tests.Faults;

/// <summary>2,000 readers of one edition, which each test sends from the beginning. One of them gets a mail that is longer than 60 kB.</summary>
public sealed class Crowd : IAsyncLifetime
{
    public const int Size = 2000;
    public const string LongMail = "long@example.com";

    public TestProduct House { get; } = new();

    public long Edition { get; private set; }

    public async Task InitializeAsync()
    {
        await House.InitializeAsync();
        await House.DigestAsync();
        await House.ArticleAsync("CTO");
        var summary = string.Join(' ', Enumerable.Repeat("Of what was learned at the gate that night.", 1000));
        await House.ArticleAsync(content => content with { Summary = summary }, "Security Engineer");
        await House.ReadersAsync(Size - 1, "CTO");
        await House.ReaderAsync(LongMail, "Security Engineer");
        Edition = await House.StartAsync();
    }

    public async Task BeginAgainAsync()
    {
        await House.BeginAgainAsync(Edition);
        await House.ExecuteAsync("delete from suppressions");
    }

    internal async Task<Outcome> OutcomeAsync() => Outcome.Of(await House.AccountAsync(Edition));

    public Task DisposeAsync() => House.DisposeAsync();
}
