using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Newsletter.Restores;

/// <summary>
/// Lets nothing be sent from a database that was set back, until an operator has looked. Whoever sends asks here first; in one
/// process, by its one witness.
/// </summary>
public sealed class SendingGuard(InstallationStore installation, IOptions<DataOptions> data, ILogger<SendingGuard> log) : IDisposable
{
    /// <summary>What people are told.</summary>
    public const string Restored =
        "This database was restored from a copy, so nothing is sent until an operator has looked: 'newsletter restore status' says what would go out, "
        + "'newsletter restore confirm' ends it.";

    private readonly SemaphoreSlim turn = new(1);
    private Witness? witness;
    private Guid unwritten;
    private long begun;

    private string Folder => Path.Combine(data.Value.Directory, "witnesses");

    /// <summary>Names this process in the database.</summary>
    internal Guid WitnessId => witness?.Note.Id ?? unwritten;

    /// <summary>The highest batch that this process has begun.</summary>
    internal long Begun => Volatile.Read(ref begun);

    /// <summary>There was a file of an earlier process, by which a database that was set back would have been known.</summary>
    public bool HadWitness { get; private set; }

    /// <summary>False from the moment on at which the database turned out to be another than before.</summary>
    internal bool MayGoOn { get; private set; } = true;

    /// <summary>Whether this database is held: for those who only ask.</summary>
    public async Task<bool> IsHeldAsync() => await installation.FindAsync() is { } marker && await IsHeldAsync(marker, await NotesAsync());

    /// <exception cref="Refusal">Conflict: it is held.</exception>
    public async Task EnsureReleasedAsync()
    {
        if (await IsHeldAsync())
        {
            throw Refusal.Conflict(Restored);
        }
    }

    /// <summary>To be asked before each run of sending; looks at everything, and takes a witness when the process has none.</summary>
    /// <returns>False when nothing may be sent.</returns>
    public async Task<bool> MaySendAsync()
    {
        await turn.WaitAsync();
        try
        {
            // Files before rows: rows only grow, and are written first.
            var notes = await NotesAsync();
            var marker = await installation.FindAsync();
            if (marker is null)
            {
                await installation.AddAsync();
                marker = (await installation.FindAsync())!;
            }
            if (await IsHeldAsync(marker, notes))
            {
                return false;
            }
            if (WitnessId == default || witness?.Note.Since < marker.Since)
            {
                HadWitness |= notes.Any(note => note.Since == marker.Since);
                await TakeAsync(marker.Since);
            }
            await installation.BeatAsync(WitnessId);
            witness?.Flush();
            return MayGoOn = true;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>A batch of mails begins; to be called after <see cref="MaySendAsync"/>.</summary>
    /// <returns>False when nothing may be sent any more.</returns>
    public async Task<bool> BeginAsync()
    {
        Began(await installation.BeginAsync(WitnessId, Begun));
        return MayGoOn;
    }

    /// <summary>To be called between the commit of a batch and its first mail.</summary>
    /// <param name="batch">Null when it could not begin: the row of this process is gone or behind, or the database is held.</param>
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
        witness?.Write(number);
    }

    public void Dispose()
    {
        witness?.Dispose();
        turn.Dispose();
    }

    private async Task<IReadOnlyList<WitnessNote>> NotesAsync() => Witness.ReadAll(Folder, await installation.NameAsync());

    private async Task<bool> IsHeldAsync(InstallationMarker marker, IReadOnlyList<WitnessNote> notes)
    {
        if (marker.RestoredAt is not null)
        {
            return true;
        }
        var why = !marker.IsInPlace ? "it lies in another table, database or cluster than it was made in"
            : await IsBehindAsync(marker, notes) ? "it knows less than a process that sent from it has recorded"
            : null;
        if (why is null)
        {
            return false;
        }
        if (await installation.HoldAsync(why))
        {
            log.LogError("Database restored: {Why}. {Restored}", why, Restored);
        }
        return true;
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

    private async Task TakeAsync(DateTimeOffset since)
    {
        try
        {
            witness?.Dispose();
            witness = null;
            witness = Witness.Take(Folder, await installation.NameAsync(), since);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            unwritten = Guid.NewGuid();
            log.LogWarning("No witness can be kept in {Folder}, so a copy of the database's files would not be known: {Reason}", Folder, failure.Message);
        }
        begun = witness?.Note.Batch ?? 0;
        // The row first: a file without its row means that the database was set back.
        await installation.RegisterAsync(WitnessId);
        witness?.Write(begun);
    }
}
