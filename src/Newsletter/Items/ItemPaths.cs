using System.IO.Enumeration;

namespace Newsletter.Items;

/// <summary>Finds and reads the files that were named on the command line.</summary>
internal static class ItemPaths
{
    private const string StandardInput = "-";
    private static readonly string[] Endings = [".txt", ".json", ".jsonl"];

    /// <summary>Files in a stable order; a path that does not exist is added to the rejected ones.</summary>
    public static IEnumerable<string> Expand(IEnumerable<string> paths, ItemImportReport report)
    {
        foreach (var path in paths)
        {
            if (path == StandardInput || File.Exists(path))
            {
                yield return path;
            }
            else if (Directory.Exists(path))
            {
                var files = Inside(path).Order(StringComparer.Ordinal).ToList();
                if (files.Count == 0)
                {
                    report.Rejected.Add(new RejectedItem(path, null, "the folder contains no .txt, .json or .jsonl file"));
                }
                foreach (var file in files)
                {
                    yield return file;
                }
            }
            else
            {
                report.Rejected.Add(new RejectedItem(path, null, "there is no such file or folder"));
            }
        }
    }

    private static FileSystemEnumerable<string> Inside(string folder)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.Hidden | FileAttributes.System };
        return new(folder, (ref FileSystemEntry entry) => entry.ToSpecifiedFullPath(), options)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) =>
                !entry.IsDirectory && Endings.Contains(Path.GetExtension(entry.FileName).ToString().ToLowerInvariant()),
            // A linked folder may lead back to a parent (endless recursion); a linked file is read like any other.
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        };
    }

    /// <returns>Null when the file could not be read; then it is added to the rejected ones.</returns>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(string path, Stream stdin, ItemImportReport report, CancellationToken cancel)
    {
        try
        {
            await using var opened = path == StandardInput ? null : InputFile.OpenRead(path);
            var file = opened ?? stdin;
            var bytes = new MemoryStream();
            var buffer = new byte[81920];
            int count;
            while ((count = await file.ReadAsync(buffer, cancel)) > 0)
            {
                bytes.Write(buffer, 0, count);
                if (bytes.Length > ItemFile.FileLimit)
                {
                    report.Rejected.Add(new RejectedItem(path, 1, $"it is larger than {ItemFile.FileLimit / 1024 / 1024} MB"));
                    return null;
                }
            }
            return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            report.Rejected.Add(new RejectedItem(path, null, $"it cannot be read ({failure.Message.TrimEnd('.')})"));
            return null;
        }
    }
}
