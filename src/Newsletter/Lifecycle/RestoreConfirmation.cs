using Newsletter.Database;
using Newsletter.Digests;
using Newsletter.Restores;
using Npgsql;

namespace Newsletter.Lifecycle;

/// <summary>
/// An operator has looked at a database that was restored from a copy, and says what became of the mails that the copy still has
/// to send. From then on it is the one that counts.
/// </summary>
public sealed class RestoreConfirmation(
    NpgsqlDataSource database, InstallationStore installation, SendingGuard guard, RestoreStore copy, DigestStore digests, EditionStore editions,
    AuditStore audit, TimeProvider time)
{
    /// <summary>What the copy would send.</summary>
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

    /// <summary>Nobody knows: all of it becomes uncertain, and its items count as had.</summary>
    /// <exception cref="Refusal">Conflict: the database was not restored; likewise of the others.</exception>
    public Task<RestoreOutcome> HoldAsync(string actor) => ConfirmAsync(actor, "held", passesOver: true, copy.HoldAsync);

    /// <summary>These got it, and nobody else did.</summary>
    /// <param name="emailKeys">Keys of addresses, as the relay's log says.</param>
    public Task<RestoreOutcome> RecordSentAsync(IReadOnlyCollection<string> emailKeys, string actor) =>
        ConfirmAsync(actor, "sent to those of a list", passesOver: true, async (connection, transaction, before) =>
        {
            var recorded = await copy.RecordSentAsync(connection, transaction, emailKeys, before);
            await copy.ReleaseAsync(connection, transaction);
            return recorded;
        });

    /// <summary>Nothing was sent after the copy was made: all goes on. What was in hand just then is swept as after a crash.</summary>
    public Task<RestoreOutcome> ReleaseAsync(string actor) =>
        ConfirmAsync(actor, "nothing sent since", passesOver: false, async (connection, transaction, _) =>
        {
            await copy.ReviveAsync(connection, transaction);
            return (0, 0);
        });

    /// <param name="passesOver">Something may have been sent since: occurrences whose time has passed are not made up for.</param>
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
            throw Refusal.Conflict("The restore was confirmed a moment ago.");
        }
        var (deliveries, notices) = await decide(connection, transaction, noticed);
        if (passesOver)
        {
            await copy.WarnOfPlannedAsync(connection, transaction);
        }
        await installation.RenewAsync(connection, transaction);
        await audit.RecordAsync(connection, transaction, actor, $"restore confirmed: {how}", $"{deliveries} deliveries, {notices} notices, {passed} occurrences");
        await transaction.CommitAsync();
        return new RestoreOutcome(deliveries, notices, passed);
    }

    /// <summary>Occurrences whose time has passed may have been planned and sent since the copy was made: they are not made up for.</summary>
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
                // Its schedule cannot be read here, so that nothing is planned by it either.
            }
        }
        return passed.Count;
    }

    private async Task<IReadOnlyList<Digest>> PassedAsync() =>
        (await digests.ListAsync()).Where(digest => digest.NextAt <= time.GetUtcNow()).ToList();
}

/// <summary>What is known of a restore.</summary>
public sealed record RestoreStatus
{
    public required bool Restored { get; init; }

    /// <summary>By what it was noticed.</summary>
    public required string? Why { get; init; }

    public required DateTimeOffset? NoticedAt { get; init; }

    /// <summary>The copy knows nothing of what happened later.</summary>
    public required DateTimeOffset? KnownUntil { get; init; }

    public required IReadOnlyList<OpenEdition> Editions { get; init; }

    public required long Notices { get; init; }

    public required IReadOnlyList<PassedOccurrence> Occurrences { get; init; }
}

/// <summary>An occurrence of a digest that the copy has not planned, and whose time has passed.</summary>
public sealed record PassedOccurrence(string Digest, DateTimeOffset At);

/// <summary>How many were decided on.</summary>
public sealed record RestoreOutcome(int Deliveries, int Notices, int Occurrences);
