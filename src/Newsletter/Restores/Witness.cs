using System.Globalization;
using System.Text;
using Newsletter.Database;

namespace Newsletter.Restores;

/// <summary>
/// A file in <c>Data:Directory</c> that says how far a sending process came. It is written after each batch is committed and before
/// its mails go out, so the database is never behind it, unless it was set back. A process has one for itself, by a lock beside it.
/// </summary>
internal sealed class Witness : IDisposable
{
    private const int MostFiles = 1000;
    private readonly FileLock held;
    private readonly FileStream file;
    private readonly Lock writing = new();
    private WitnessNote note;

    private Witness(FileLock held, FileStream file, WitnessNote note) => (this.held, this.file, this.note) = (held, file, note);

    public WitnessNote Note => note;

    /// <param name="folder">Need not be there.</param>
    /// <param name="database">See <see cref="InstallationStore.NameAsync"/>.</param>
    /// <returns>What processes of now and before wrote; what cannot be read says nothing.</returns>
    public static IReadOnlyList<WitnessNote> ReadAll(string folder, string database)
    {
        try
        {
            return Directory.Exists(folder) ? [.. Directory.GetFiles(folder, $"{database}-*.witness").Select(Read).OfType<WitnessNote>()] : [];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Takes the first file that no living process has, and goes on where it stands.</summary>
    /// <param name="since">Of the marker: a file from before begins anew.</param>
    /// <exception cref="IOException">No file can be written there.</exception>
    public static Witness Take(string folder, string database, DateTimeOffset since)
    {
        PrivateFiles.MakeFolder(folder);
        for (var number = 1; number <= MostFiles; number++)
        {
            var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{database}-{number}.witness"));
            FileLock? held = null;
            try
            {
                held = FileLock.TryTake(path + ".lock", exclusive: true);
                if (held is null)
                {
                    continue;
                }
                var note = Read(path) is { } left && left.Since == since ? left : new WitnessNote(Guid.NewGuid(), since, 0);
                return new Witness(held, PrivateFiles.Open(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite), note);
            }
            catch (UnauthorizedAccessException) when (number < MostFiles)
            {
                // Somebody else's, as of a command that root has run.
                held?.Dispose();
            }
            catch
            {
                held?.Dispose();
                throw;
            }
        }
        throw new IOException($"more than {MostFiles} processes send from one directory");
    }

    /// <summary>A batch is committed. Batches of two editions may come out of order: the higher one stays.</summary>
    public void Write(long batch)
    {
        lock (writing)
        {
            note = note with { Batch = Math.Max(note.Batch, batch) };
            // One write of a fixed length: a reader sees the old or the new.
            RandomAccess.Write(
                file.SafeFileHandle,
                Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{note.Id} {note.Since.UtcTicks} {note.Batch:D19}\n")), 0);
        }
    }

    /// <summary>So that it survives a crash of the machine.</summary>
    public void Flush() => RandomAccess.FlushToDisk(file.SafeFileHandle);

    public void Dispose()
    {
        file.Dispose();
        held.Dispose();
    }

    private static WitnessNote? Read(string path)
    {
        try
        {
            using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            return reader.ReadLine()?.Split(' ') is [var id, var since, var batch] && Guid.TryParse(id, out var guid)
                && long.TryParse(since, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTimeOffset.MaxValue.UtcTicks
                && long.TryParse(batch, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? new WitnessNote(guid, new DateTimeOffset(ticks, TimeSpan.Zero), number) : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
