using Microsoft.Extensions.Options;
using Newsletter.Deliveries;
using Newsletter.Restores;
using Npgsql;

namespace Newsletter.Tests.Support;

/// <summary>A sender that takes its steps when a test says so.</summary>
public sealed class Sender(TestProduct house, long edition, WorkerLease lease) : IAsyncDisposable
{
    internal DeliveryBatchStore Batches { get; } = new(
        house.Database.DataSource, edition, lease.Owner, house.Get<IOptions<DeliveryOptions>>().Value, house.Get<SendingGuard>(), house.Time);

    public async Task<IReadOnlyList<long>> ClaimAsync() =>
        (await house.Get<DeliveryStore>().ClaimAsync(edition, lease.Owner, 100)).Select(c => c.SubscriberId).ToList();

    public Task<IReadOnlyList<DeliveryAttempt>> MarkAsync(IReadOnlyCollection<long> claimed) => Batches.RecordAndMarkAsync([], claimed);

    public Task RecordAsync(DeliveryAttempt attempt, DeliveryResult result) => Batches.RecordAndMarkAsync([(attempt, result)], []);

    /// <summary>As a process that was killed, or stopped for too long: its lease is over.</summary>
    public async Task DieAsync()
    {
        await using var connection = await house.Database.DataSource.OpenConnectionAsync();
        await using var command = new NpgsqlCommand("update senders set lease_until = now() - interval '1 second' where owner = $1", connection);
        command.Parameters.AddWithValue(lease.Owner);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Batches.DisposeAsync();
        await lease.DisposeAsync();
    }
}
