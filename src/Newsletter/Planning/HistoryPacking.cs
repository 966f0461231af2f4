using Microsoft.Extensions.Logging;
using Npgsql;

namespace Newsletter.Planning;

/// <summary>
/// Packs the history of ended editions for fast planning. Planning reads an unpacked edition from its deliveries, so packing
/// never changes a plan.
/// </summary>
public sealed class HistoryPacking(HistoryPageStore pages, ILogger<HistoryPacking> log)
{
    public async Task RunAsync(CancellationToken stop)
    {
        foreach (var edition in await pages.UnpackedAsync(stop))
        {
            try
            {
                await pages.PackAsync(edition, stop);
            }
            catch (PostgresException failure) when (!stop.IsCancellationRequested)
            {
                log.LogError("The history of edition {Edition} was not packed: {Reason}", edition, failure.MessageText);
            }
        }
    }
}
