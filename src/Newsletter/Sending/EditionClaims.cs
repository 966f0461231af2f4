using Microsoft.Extensions.Logging;
using Newsletter.Deliveries;
using Newsletter.Digests;
using Npgsql;

namespace Newsletter.Sending;

/// <summary>The deliveries of an edition that one run has claimed: no other worker sends them until they are released.</summary>
internal sealed class EditionClaims(SendRun run, EditionStore editions, DeliveryStore deliveries, DomainLimits domains, ILogger log)
{
    /// <summary>Maximum number of deliveries in one claim.</summary>
    public const int Size = 250;

    /// <summary>Interval between two queries for deliveries that have become due.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>A run waits for deliveries that become due within this time; later ones are left to the next run.</summary>
    private static readonly TimeSpan DueSoon = TimeSpan.FromSeconds(10);

    /// <summary>Claims due deliveries and prepares their mails. Waits for those that are due soon.</summary>
    /// <returns>Ids of subscribers. Empty if this run has nothing more to send.</returns>
    public async Task<IReadOnlyList<long>> ClaimAsync()
    {
        for (var polls = DueSoon / PollInterval; polls > 0 && await MayClaimAsync(); polls--)
        {
            var claimed = await deliveries.ClaimAsync(run.EditionId, run.Lease.Owner, Size);
            claimed = await domains.HoldBackAsync(run.EditionId, run.Lease.Owner, claimed);
            if (claimed.Count > 0)
            {
                await run.Mail.PrepareAsync([.. claimed.Select(delivery => delivery.Composition)]);
                return [.. claimed.Select(delivery => delivery.SubscriberId)];
            }
            if (await deliveries.NextDueAsync(run.EditionId) is not { } wait || wait > DueSoon)
            {
                break;
            }
            await Task.Delay(PollInterval, run.Stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return [];
    }

    /// <summary>Releases the claims that were not sent. If that fails, they end with the lease.</summary>
    public async Task ReleaseAsync()
    {
        try
        {
            await deliveries.ReleaseAsync(run.EditionId, run.Lease.Owner);
        }
        catch (NpgsqlException lost)
        {
            log.LogWarning("Claims could not be released; they end with their lease: {Reason}", lost.Message);
        }
    }

    private async Task<bool> MayClaimAsync() => run.MayGoOn && (await editions.GetAsync(run.EditionId)).State == EditionState.Sending;
}
