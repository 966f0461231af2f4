using System.Globalization;
using System.Text;
using Newsletter.Database;

namespace Newsletter.Restores;

/// <summary>
/// A file in <c>Data:Directory</c> with the progress of a sending process. It is written after each batch is committed and before
/// its mails are sent, so a database that is behind it was restored. A lock file next to it reserves it for one process.
/// </summary>
internal sealed class Witness : IDisposable
{
    private const int MaxFiles = 1000;
    private readonly FileLock fileLock;
    private readonly FileStream file;
    private readonly Lock writing = new();
    private WitnessNote note;

    private Witness(FileLock fileLock, FileStream file, WitnessNote note) => (this.fileLock, this.file, this.note) = (fileLock, file, note);

    public WitnessNote Note => note;

    /// <param name="folder">Need not exist.</param>
    /// <param name="database">See <see cref="InstallationStore.NameAsync"/>.</param>
    /// <returns>The notes of current and earlier processes. Unreadable files are skipped.</returns>
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

    /// <summary>Takes the first file that no running process has locked, and continues from its batch number.</summary>
    /// <param name="since">Time of the current marker. A file with another time starts again with a new id and batch 0.</param>
    /// <exception cref="IOException">No file can be written there.</exception>
    public static Witness Take(string folder, string database, DateTimeOffset since)
    {
        PrivateFiles.MakeFolder(folder);
        for (var number = 1; number <= MaxFiles; number++)
        {
            var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{database}-{number}.witness"));
            FileLock? fileLock = null;
            try
            {
                fileLock = FileLock.TryTake(path + ".lock", exclusive: true);
                if (fileLock is null)
                {
                    continue;
                }
                var note = Read(path) is { } left && left.Since == since ? left : new WitnessNote(Guid.NewGuid(), since, 0);
                return new Witness(fileLock, PrivateFiles.Open(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite), note);
            }
            catch (UnauthorizedAccessException) when (number < MaxFiles)
            {
                // The file belongs to another user, for example because root ran a command.
                fileLock?.Dispose();
            }
            catch
            {
                fileLock?.Dispose();
                throw;
            }
        }
        throw new IOException($"more than {MaxFiles} processes send from one directory");
    }

    /// <summary>Records a committed batch. Batches of two editions may arrive out of order, so the maximum is kept.</summary>
    public void Write(long batch)
    {
        lock (writing)
        {
            note = note with { Batch = Math.Max(note.Batch, batch) };
            // A single write of fixed length: a concurrent reader sees either the old or the new content.
            RandomAccess.Write(
                file.SafeFileHandle,
                Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{note.Id} {note.Since.UtcTicks} {note.Batch:D19}\n")), 0);
        }
    }

    /// <summary>Flushes the file to disk, so it survives a crash of the machine.</summary>
    public void Flush() => RandomAccess.FlushToDisk(file.SafeFileHandle);

    public void Dispose()
    {
        file.Dispose();
        fileLock.Dispose();
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
