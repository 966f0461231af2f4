using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Newsletter.Digests;

namespace Newsletter.Restores;

/// <summary>
/// Blocks sending from a database that was restored to an earlier state, until an operator confirms it. All senders must ask this
/// class first. Each process has one instance and one witness.
/// </summary>
public sealed class SendingGuard(
    InstallationStore installation, EditionTransitionStore transitions, IOptions<DataOptions> data, ILogger<SendingGuard> log) : IDisposable
{
    /// <summary>Message for editors and operators.</summary>
    public const string Restored =
        "This database was restored from a copy, so nothing is sent until an operator confirms it: 'newsletter restore status' shows what would be sent, "
        + "'newsletter restore confirm' allows it.";

    private readonly SemaphoreSlim mutex = new(1);
    private Witness? witness;
    private long begun;
    private bool hasWarned;

    /// <summary><c>Since</c> of the marker when this process took its witness; null before that.</summary>
    private DateTimeOffset? takenSince;

    private string Folder => Path.Combine(data.Value.Directory, "witnesses");

    /// <summary>Id of this process in the database.</summary>
    internal Guid WitnessId { get; private set; }

    /// <summary>The highest batch number that this process has started.</summary>
    internal long Begun => Volatile.Read(ref begun);

    /// <summary>Becomes false when the database turns out to be another one than before, or is blocked.</summary>
    internal bool MayGoOn { get; private set; } = true;

    /// <summary>True if sending from this database is blocked. For callers that do not send.</summary>
    public async Task<bool> IsHeldAsync()
    {
        // Read the files before the rows. Rows are written first and only increase, so a row that is behind its file proves a restore.
        var notes = await NotesAsync();
        return await installation.FindAsync() is { } marker
            ? await IsHeldAsync(marker, notes)
            : HasSent(notes) && await IsHeldAsync(await AddMarkerAsync(notes), notes);
    }

    /// <summary>Call this before each step towards sending. It writes the marker, so every copy of a database that may send has one.</summary>
    /// <exception cref="Refusal">Conflict: sending is blocked.</exception>
    public async Task EnsureReleasedAsync()
    {
        var notes = await NotesAsync();
        if (await IsHeldAsync(await installation.FindAsync() ?? await AddMarkerAsync(notes), notes))
        {
            throw Refusal.Conflict(Restored);
        }
    }

    /// <summary>Call this before each send run. It does all checks, and takes a witness if the process has none.</summary>
    /// <returns>False if nothing may be sent.</returns>
    public async Task<bool> MaySendAsync()
    {
        await mutex.WaitAsync();
        try
        {
            var notes = await NotesAsync();
            var marker = await installation.FindAsync() ?? await AddMarkerAsync(notes);
            if (await IsHeldAsync(marker, notes))
            {
                return false;
            }
            if (takenSince != marker.Since)
            {
                await TakeWitnessAsync(marker.Since, notes);
            }
            await installation.BeatAsync(WitnessId);
            IgnoreDiskErrors(() => witness?.Flush());
            return MayGoOn = true;
        }
        finally
        {
            mutex.Release();
        }
    }

    /// <summary>Starts a batch of mails. Call <see cref="MaySendAsync"/> first.</summary>
    /// <returns>False if nothing may be sent any more.</returns>
    public async Task<bool> BeginAsync()
    {
        Began(await installation.BeginAsync(WitnessId, Begun));
        return MayGoOn;
    }

    /// <summary>Call this after the batch is committed and before its first mail is sent.</summary>
    /// <param name="batch">Null if the batch could not start: the row of this process is missing or behind, or sending is blocked.</param>
    internal void Began(long? batch)
    {
        if (batch is not { } number)
        {
            MayGoOn = false;
            return;
        }
        for (var known = Begun; known < number && Interlocked.CompareExchange(ref begun, number, known) != known; known = Begun)
        {
        }
        IgnoreDiskErrors(() => witness?.Write(number));
    }

    public void Dispose()
    {
        witness?.Dispose();
        mutex.Dispose();
    }

    private async Task<IReadOnlyList<WitnessNote>> NotesAsync() => Witness.ReadAll(Folder, await installation.NameAsync());

    /// <summary>True if this process, or an earlier one on this machine, has sent from this database.</summary>
    private bool HasSent(IReadOnlyList<WitnessNote> notes) => takenSince is not null || notes.Count > 0;

    /// <summary>
    /// Adds the marker. Every database from which mails were sent has one: if it is missing although mails were sent, the database is
    /// being restored, or is a copy from an earlier time.
    /// </summary>
    private async Task<InstallationMarker> AddMarkerAsync(IReadOnlyList<WitnessNote> notes)
    {
        await installation.AddAsync();
        if (HasSent(notes))
        {
            await HoldAsync("it was sent from, and has no marker any more");
        }
        return (await installation.FindAsync())!;
    }

    private async Task<bool> IsHeldAsync(InstallationMarker marker, IReadOnlyList<WitnessNote> notes)
    {
        if (marker.RestoredAt is not null)
        {
            return true;
        }
        var why = !marker.IsInPlace ? "it lies in another table, database or cluster than it was made in"
            : await IsBehindAsync(marker, notes) ? "it knows less than a process that sent from it has recorded"
            : null;
        if (why is not null)
        {
            await HoldAsync(why);
        }
        return why is not null;
    }

    private async Task HoldAsync(string why)
    {
        if (await installation.HoldAsync(why))
        {
            log.LogError("Database restored: {Why}. {Restored}", why, Restored);
        }
    }

    private async Task<bool> IsBehindAsync(InstallationMarker marker, IReadOnlyList<WitnessNote> notes)
    {
        if (notes.Any(note => note.Since > marker.Since))
        {
            return true;
        }
        var batches = await installation.BatchesAsync();
        return notes.Any(note => note.Since == marker.Since && !(batches.TryGetValue(note.Id, out var batch) && batch >= note.Batch));
    }

    private async Task TakeWitnessAsync(DateTimeOffset since, IReadOnlyList<WitnessNote> notes)
    {
        if (takenSince is null && notes.All(note => note.Since != since))
        {
            // Without a matching witness, a copy of the database files cannot be distinguished from the original.
            await transitions.PauseForgottenAsync();
        }
        witness?.Dispose();
        var name = await installation.NameAsync();
        witness = null;
        IgnoreDiskErrors(() => witness = Witness.Take(Folder, name, since));
        (WitnessId, begun) = (witness?.Note.Id ?? Guid.NewGuid(), witness?.Note.Batch ?? 0);
        // Write the row first: a file without its row means that the database was restored.
        await installation.RegisterAsync(WitnessId);
        IgnoreDiskErrors(() => witness?.Write(begun));
        takenSince = since;
    }

    /// <summary>Runs a witness operation and ignores disk errors: a full disk must not stop sending.</summary>
    private void IgnoreDiskErrors(Action writeWitness)
    {
        try
        {
            writeWitness();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            if (!hasWarned)
            {
                log.LogWarning(
                    "No witness can be kept in {Folder}, so a restore of the database files would not be detected: {Reason}",
                    Folder, failure.Message);
            }
            hasWarned = true;
        }
    }
}
