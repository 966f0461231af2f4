using Newsletter.Roles;
using Npgsql;

namespace Newsletter.Subscribers;

/// <summary>
/// Deletes labels that are not used any more: the person who typed the text removed it, was deleted or never confirmed. Labels whose meaning an
/// editor or the taxonomy defined are kept. Locked rows are skipped; the next run handles them.
/// </summary>
public sealed class LabelCleanUp(NpgsqlDataSource database, LabelCleanUpStore dropped)
{
    private const int Batch = 500;

    public async Task RunAsync(CancellationToken stop)
    {
        if (await LastAsync() > 0)
        {
            await RunAsync(0, stop);
        }
    }

    /// <summary>The highest id in the clean-up queue; 0 when it is empty.</summary>
    public Task<long> LastAsync() => dropped.LastAsync();

    /// <param name="from">Rows up to this id are left to another run.</param>
    public async Task RunAsync(long from, CancellationToken stop)
    {
        long? last = from;
        while (last is { } after && !stop.IsCancellationRequested)
        {
            last = await DeleteSomeAsync(after);
        }
    }

    private async Task<long?> DeleteSomeAsync(long after)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        // A running import has recorded labels that no row uses yet: they must not be deleted as unused.
        if (!await SubscriberStore.TryLockImportsAsync(connection, transaction))
        {
            return null;
        }
        var last = await dropped.DeleteUnusedAsync(connection, transaction, after, Batch);
        await transaction.CommitAsync();
        return last;
    }
}
