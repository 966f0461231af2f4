using Newsletter.Database;
using Newsletter.Digests;
using Newsletter.Restores;
using Npgsql;

namespace Newsletter.Lifecycle;

/// <summary>
/// An operator's confirmation of a database that was restored from a backup: it states what happened to the mails that the backup
/// still lists as unsent. After it, this database is the current one and may send.
/// </summary>
public sealed class RestoreConfirmation(
    NpgsqlDataSource database, InstallationStore installation, SendingGuard guard, RestoreStore copy, DigestStore digests, EditionStore editions,
    AuditStore audit, TimeProvider time)
{
    /// <summary>Whether sending is held by a restore, and what this database would send.</summary>
    public async Task<RestoreStatus> StatusAsync()
    {
        var isHeld = await guard.IsHeldAsync();
        var marker = await installation.FindAsync();
        return new RestoreStatus
        {
            Restored = isHeld,
            Why = marker?.RestoredWhy,
            NoticedAt = marker?.RestoredAt,
            KnownUntil = isHeld ? await installation.KnownUntilAsync() : null,
            Editions = isHeld ? await copy.OpenEditionsAsync() : [],
            Notices = isHeld ? await copy.DueNoticesAsync() : 0,
            Occurrences = isHeld ? [.. (await PassedAsync()).Select(d => new PassedOccurrence(d.Slug, d.NextAt!.Value))] : [],
        };
    }

    /// <summary>The outcome is unknown: all unsent deliveries become uncertain, and their items count as seen.</summary>
    /// <exception cref="Refusal">Conflict: the database was not restored, or the restore is already confirmed. All three methods refuse this.</exception>
    public Task<RestoreOutcome> HoldAsync(string actor) => ConfirmAsync(actor, "held", passesOver: true, copy.HoldAsync);

    /// <summary>Exactly these addresses got their mail; all others are sent.</summary>
    /// <param name="emailKeys">Address keys, taken from the relay's log.</param>
    public Task<RestoreOutcome> RecordSentAsync(IReadOnlyCollection<string> emailKeys, string actor) =>
        ConfirmAsync(actor, "sent to those of a list", passesOver: true, async (connection, transaction, before) =>
        {
            var recorded = await copy.RecordSentAsync(connection, transaction, emailKeys, before);
            await copy.ReleaseAsync(connection, transaction);
            return recorded;
        });

    /// <summary>Nothing was sent after the backup: sending continues. Deliveries in progress at the backup are swept as after a crash.</summary>
    public Task<RestoreOutcome> ReleaseAsync(string actor) =>
        ConfirmAsync(actor, "nothing sent since", passesOver: false, async (connection, transaction, _) =>
        {
            await copy.ReviveAsync(connection, transaction);
            return (0, 0);
        });

    /// <param name="passesOver">Mails may have been sent since the backup, so occurrences in the past are not caught up.</param>
    private async Task<RestoreOutcome> ConfirmAsync(
        string actor, string how, bool passesOver, Func<NpgsqlConnection, NpgsqlTransaction, DateTimeOffset, Task<(int Deliveries, int Notices)>> decide)
    {
        if (!await guard.IsHeldAsync())
        {
            throw Refusal.Conflict("There is nothing to confirm: this database was not restored from a copy.");
        }
        var passed = passesOver ? await PassAsync() : 0;
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        if (await installation.LockAsync(connection, transaction) is not { } noticed)
        {
            throw Refusal.Conflict("The restore has already been confirmed.");
        }
        var (deliveries, notices) = await decide(connection, transaction, noticed);
        if (passesOver)
        {
            await copy.WarnOfPlannedAsync(connection, transaction);
        }
        await installation.RenewAsync(connection, transaction);
        await audit.RecordAsync(
            connection, transaction, actor, $"restore confirmed: {how}", $"{deliveries} deliveries, {notices} notices, {passed} occurrences");
        await transaction.CommitAsync();
        return new RestoreOutcome(deliveries, notices, passed);
    }

    /// <summary>Records past occurrences as missed: they may have been planned and sent since the backup.</summary>
    /// <returns>The number of past occurrences.</returns>
    private async Task<int> PassAsync()
    {
        var passed = await PassedAsync();
        foreach (var digest in passed)
        {
            try
            {
                var next = digest.OccurrenceAfter(time.GetUtcNow());
                await editions.RecordMissedAsync(digest.Id, digest.NextAt!.Value, EditionStore.PassedOver + ", which does not know whether this was sent");
                await digests.AdvanceAsync(digest, next);
            }
            catch (Refusal)
            {
                // The schedule is unreadable on this machine, so nothing is planned from it either.
            }
        }
        return passed.Count;
    }

    private async Task<IReadOnlyList<Digest>> PassedAsync() =>
        (await digests.ListAsync()).Where(digest => digest.NextAt <= time.GetUtcNow()).ToList();
}

/// <summary>The state of a restore, and what the restored database would send.</summary>
public sealed record RestoreStatus
{
    public required bool Restored { get; init; }

    /// <summary>How the restore was detected.</summary>
    public required string? Why { get; init; }

    public required DateTimeOffset? NoticedAt { get; init; }

    /// <summary>The latest time that the backup has data of.</summary>
    public required DateTimeOffset? KnownUntil { get; init; }

    public required IReadOnlyList<OpenEdition> Editions { get; init; }

    public required long Notices { get; init; }

    public required IReadOnlyList<PassedOccurrence> Occurrences { get; init; }
}

/// <summary>A past occurrence that the restored database has not planned.</summary>
public sealed record PassedOccurrence(string Digest, DateTimeOffset At);

/// <summary>Counts of the deliveries, notices and occurrences that the confirmation decided.</summary>
public sealed record RestoreOutcome(int Deliveries, int Notices, int Occurrences);
