using Newsletter.Targeting;
using Npgsql;

namespace Newsletter.Subscribers;

/// <summary>
/// Deletes labels that nobody carries any more: their text was typed by somebody who took it back, was deleted or never confirmed.
/// What an editor or the taxonomy said the meaning of stays. Takes what is not in use just now; the next run finds the rest.
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

    /// <summary>The number of the label that was dropped last; 0 when there is none to look at.</summary>
    public Task<long> LastAsync() => dropped.LastAsync();

    /// <param name="from">What was dropped up to this number is left to another run.</param>
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
        // An import has recorded labels that nobody carries yet: they must not be taken for unused.
        if (!await ImportStore.TryLockAsync(connection, transaction))
        {
            return null;
        }
        var last = await dropped.DeleteUnusedAsync(connection, transaction, after, Batch);
        await transaction.CommitAsync();
        return last;
    }
}
