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
    private long begun;
    private bool isTold;

    /// <summary>Of the marker under which this process has taken its witness; null before it has.</summary>
    private DateTimeOffset? takenSince;

    private string Folder => Path.Combine(data.Value.Directory, "witnesses");

    /// <summary>Names this process in the database.</summary>
    internal Guid WitnessId { get; private set; }

    /// <summary>The highest batch that this process has begun.</summary>
    internal long Begun => Volatile.Read(ref begun);

    /// <summary>False from the moment on at which the database turned out to be another than before.</summary>
    internal bool MayGoOn { get; private set; } = true;

    /// <summary>Whether this database is held: for those who only ask.</summary>
    public async Task<bool> IsHeldAsync()
    {
        // Files before rows: rows only grow, and are written first.
        var notes = await NotesAsync();
        return await installation.FindAsync() is { } marker ? await IsHeldAsync(marker, notes) : HasSent(notes) && await IsHeldAsync(await MarkAsync(notes), notes);
    }

    /// <summary>Call this before each step towards sending. It writes the marker, so that every copy of a database that may send has one.</summary>
    /// <exception cref="Refusal">Conflict: it is held.</exception>
    public async Task EnsureReleasedAsync()
    {
        var notes = await NotesAsync();
        if (await IsHeldAsync(await installation.FindAsync() ?? await MarkAsync(notes), notes))
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
            var notes = await NotesAsync();
            var marker = await installation.FindAsync() ?? await MarkAsync(notes);
            if (await IsHeldAsync(marker, notes))
            {
                return false;
            }
            if (takenSince != marker.Since)
            {
                await TakeAsync(marker.Since, notes);
            }
            await installation.BeatAsync(WitnessId);
            Keep(() => witness?.Flush());
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
        Keep(() => witness?.Write(number));
    }

    public void Dispose()
    {
        witness?.Dispose();
        turn.Dispose();
    }

    private async Task<IReadOnlyList<WitnessNote>> NotesAsync() => Witness.ReadAll(Folder, await installation.NameAsync());

    /// <summary>By this process, or by one before it on this machine.</summary>
    private bool HasSent(IReadOnlyList<WitnessNote> notes) => takenSince is not null || notes.Count > 0;

    /// <summary>A database that was sent from has a marker: without one it is being brought back, or a copy from before.</summary>
    private async Task<InstallationMarker> MarkAsync(IReadOnlyList<WitnessNote> notes)
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

    private async Task TakeAsync(DateTimeOffset since, IReadOnlyList<WitnessNote> notes)
    {
        if (takenSince is null && notes.All(note => note.Since != since))
        {
            // Nothing tells a copy of the files from the original here.
            await installation.PauseForgottenAsync();
        }
        witness?.Dispose();
        var name = await installation.NameAsync();
        witness = null;
        Keep(() => witness = Witness.Take(Folder, name, since));
        (WitnessId, begun) = (witness?.Note.Id ?? Guid.NewGuid(), witness?.Note.Batch ?? 0);
        // The row first: a file without its row means that the database was set back.
        await installation.RegisterAsync(WitnessId);
        Keep(() => witness?.Write(begun));
        takenSince = since;
    }

    /// <summary>Sending goes on without a witness: a disk that is full must not cost mails.</summary>
    private void Keep(Action keep)
    {
        try
        {
            keep();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            if (!isTold)
            {
                log.LogWarning("No witness can be kept in {Folder}, so files of the database that are copied back would not be noticed: {Reason}", Folder, failure.Message);
            }
            isTold = true;
        }
    }
}
