namespace Newsletter.Database;

/// <summary>
/// <c>Data:Directory</c>: signing key, caught mails, copies of the database. What lies there is for this user alone; folders and
/// files of an earlier version, or that came by a copy, are closed to others when a program starts.
/// </summary>
public static class DataFolder
{
    private const UnixFileMode Pass = UnixFileMode.OtherExecute;
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | Pass;

    /// <summary>All that we put there, but for the embedded database, whose folder is its own user's alone from the first moment.</summary>
    private static readonly string[] OurFiles = ["signing.key*", "served-at", "start.lock", "users.lock", "backup.lock"];
    private static readonly string[] OurFolders = ["outbox", "witnesses", "restored", "restored-*", "backup-work-*"];

    /// <param name="path">Need not be there.</param>
    /// <returns>A sentence for each thing that stays open to others.</returns>
    public static IReadOnlyList<string> Close(string path)
    {
        var problems = new List<string>();
        if (OperatingSystem.IsWindows() || !Directory.Exists(path))
        {
            return problems;
        }
        try
        {
            CloseTop(path, problems);
            foreach (var file in OurFiles.SelectMany(pattern => Directory.GetFiles(path, pattern)).Where(IsNoLink))
            {
                CloseOne(file, PrivateFiles.ForFiles, problems);
            }
            foreach (var folder in OurFolders.SelectMany(pattern => Directory.GetDirectories(path, pattern)).Where(IsNoLink))
            {
                CloseAll(folder, problems);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            problems.Add($"'{path}' cannot be looked through ({failure.Message.TrimEnd('.')}): see to it that no other user can read it.");
        }
        return problems;
    }

    private static void CloseTop(string path, List<string> problems)
    {
        var mode = File.GetUnixFileMode(path);
        if (mode.HasFlag(UnixFileMode.StickyBit) || !IsOurs(path))
        {
            if ((mode & Others) != 0)
            {
                problems.Add($"Data:Directory '{path}' is open to other users and holds files of others, so it stays so: choose a folder of its own.");
            }
            return;
        }
        // As root, the embedded database is another user's: where it lies in the folder already, or somebody let that user pass and no more.
        var mustPass = Environment.IsPrivilegedProcess && (HoldsDatabase(path) || (mode & Others) == Pass);
        CloseOne(path, PrivateFiles.ForFolders | (mustPass ? Pass : 0), problems);
    }

    /// <summary>With nothing in it, or with something of ours.</summary>
    private static bool IsOurs(string path) =>
        !Directory.EnumerateFileSystemEntries(path).Any() || HoldsDatabase(path)
        || OurFiles.Concat(OurFolders).Any(pattern => Directory.EnumerateFileSystemEntries(path, pattern).Any());

    private static bool HoldsDatabase(string path) => Directory.Exists(Path.Combine(path, "postgres"));

    private static void CloseAll(string folder, List<string> problems)
    {
        // Nobody else reaches what is in a closed folder, and there may be many thousand mails.
        if ((File.GetUnixFileMode(folder) & Others) == 0)
        {
            return;
        }
        CloseOne(folder, PrivateFiles.ForFolders, problems);
        foreach (var file in Directory.EnumerateFiles(folder).Where(IsNoLink))
        {
            CloseOne(file, PrivateFiles.ForFiles, problems);
        }
        foreach (var inside in Directory.EnumerateDirectories(folder).Where(IsNoLink))
        {
            CloseAll(inside, problems);
        }
    }

    /// <summary>What a link leads to lies somewhere else, and is not ours to close.</summary>
    private static bool IsNoLink(string path) => new FileInfo(path).LinkTarget is null;

    private static void CloseOne(string path, UnixFileMode most, List<string> problems)
    {
        try
        {
            var mode = File.GetUnixFileMode(path);
            if ((mode & Others & ~most) != 0)
            {
                File.SetUnixFileMode(path, mode & most);
            }
        }
        catch (FileNotFoundException)
        {
            // Another process of ours has just deleted it.
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            problems.Add($"'{path}' is open to other users and cannot be closed ({failure.Message.TrimEnd('.')}): do so as its owner.");
        }
    }
}
