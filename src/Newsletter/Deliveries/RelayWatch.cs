using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Newsletter.Addresses;
using Newsletter.Smtp;
using Npgsql;

namespace Newsletter.Deliveries;

/// <summary>Tracks the relays that this process cannot reach. Logs once when one becomes unreachable and once when it is back.</summary>
public sealed class RelayWatch(RelayAbsenceStore store, TimeProvider time, ILogger<RelayWatch> log)
{
    private readonly Guid process = Guid.NewGuid();
    private readonly ConcurrentDictionary<string, (DateTimeOffset Since, string? Problem)> away = new();

    /// <param name="why">Why no connection could be opened; null if one was opened.</param>
    internal Task NoteAsync(SmtpRelay relay, Refusal? why, CertificateProblem? problem) => why is null ? BackAsync(relay) : AwayAsync(relay, why, problem);

    private async Task AwayAsync(SmtpRelay relay, Refusal why, CertificateProblem? problem)
    {
        var reason = Redaction.Of(problem?.Reason ?? why.Message);
        var isNew = away.TryAdd(relay.Name, (time.GetUtcNow(), null));
        if (isNew)
        {
            RelayLog.RelayAway(log, relay.Name, reason);
        }
        var (since, known) = away.GetValueOrDefault(relay.Name, (time.GetUtcNow(), null));
        if (problem is not null && problem.Kind != known && away.TryUpdate(relay.Name, (since, problem.Kind), (since, known)))
        {
            RelayLog.RelayCertificateWrong(log, relay.Name, problem.Kind, reason);
        }
        await UnlessDatabaseIsAwayAsync(() => store.RecordAsync(process, relay.Name, since, reason));
    }

    private async Task BackAsync(SmtpRelay relay)
    {
        if (away.TryRemove(relay.Name, out var absence))
        {
            RelayLog.RelayBack(log, relay.Name, (long)(time.GetUtcNow() - absence.Since).TotalSeconds);
            await UnlessDatabaseIsAwayAsync(() => store.RemoveAsync(process, relay.Name));
        }
    }

    /// <summary>Ignores database errors: sending works without this record, and a row that is not renewed expires within minutes.</summary>
    private static async Task UnlessDatabaseIsAwayAsync(Func<Task> record)
    {
        try
        {
            await record();
        }
        catch (NpgsqlException)
        {
        }
    }
}
