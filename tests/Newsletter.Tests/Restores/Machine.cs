using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Newsletter.Lifecycle;
using Newsletter.Notices;
using Newsletter.Restores;
using Newsletter.Sending;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Restores;

/// <summary>A process that sends, with a data directory of its own: to the database of a house, or to a copy of it.</summary>
internal sealed class Machine : IAsyncDisposable
{
    private readonly ServiceProvider services;

    /// <param name="folder">A process that starts again on the same machine has the same.</param>
    /// <param name="connectionString">Null for the house's own.</param>
    public Machine(TestProduct house, string folder, string? connectionString = null)
    {
        connectionString ??= house.Database.ConnectionString;
        var settings = new Dictionary<string, string?>(house.Configuration!)
        {
            ["Data:Directory"] = folder, ["ConnectionStrings:Newsletter"] = connectionString,
        };
        services = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(house.Time)
            .AddNewsletter(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), connectionString).BuildServiceProvider();
    }

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    public Task<bool> IsHeldAsync() => Get<SendingGuard>().IsHeldAsync();

    /// <summary>All that a worker does by itself.</summary>
    /// <returns>Whether it was let.</returns>
    public async Task<bool> WorkAsync(long edition, CancellationToken stop = default)
    {
        await Get<DueEditions>().PlanAsync(stop);
        await Get<DueEditions>().StartAsync();
        await Get<NoticeSending>().RunAsync(stop);
        try
        {
            await Get<EditionSending>().RunAsync(edition, TimeSpan.FromMinutes(1), stop);
            return true;
        }
        catch (Refusal refusal) when (refusal.Kind == RefusalKind.Conflict)
        {
            return false;
        }
    }

    /// <summary>Killed when the relay has had some mails; what is on the wire ends.</summary>
    public async Task WorkUntilAsync(TestProduct house, long edition, int mails)
    {
        using var stop = new CancellationTokenSource();
        var working = WorkAsync(edition, stop.Token);
        while (house.Mails.Mails.Count < mails && !working.IsCompleted)
        {
            await Task.Delay(1);
        }
        await stop.CancelAsync();
        await working;
    }

    public ValueTask DisposeAsync() => services.DisposeAsync();
}
