namespace Newsletter.Database;

/// <summary>
/// <c>Data:Directory</c>: signing key, caught mails, copies of the database. The folder is private: other users of the machine cannot
/// read it. An earlier version or a copy may have left files with wider permissions, so every start of a program restricts them again.
/// </summary>
public static class DataFolder
{
    private const UnixFileMode EnterOnly = UnixFileMode.OtherExecute;
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | EnterOnly;

    /// <summary>Everything the program creates there except the embedded database, whose folder is created private.</summary>
    private static readonly string[] OurFiles = ["signing.key*", "served-at", "start.lock", "users.lock", "backup.lock"];
    private static readonly string[] OurFolders = ["outbox", "witnesses", "restored", "restored-*", "backup-work-*"];

    /// <param name="path">The folder need not exist.</param>
    /// <returns>One sentence for each path that other users may still be able to reach.</returns>
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
            foreach (var file in OurFiles.SelectMany(pattern => Directory.GetFiles(path, pattern)).Where(IsNotLink))
            {
                CloseOne(file, PrivateFiles.ForFiles, problems);
            }
            foreach (var folder in OurFolders.SelectMany(pattern => Directory.GetDirectories(path, pattern)).Where(IsNotLink))
            {
                CloseAll(folder, problems);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            problems.Add($"'{path}' cannot be checked ({failure.Message.TrimEnd('.')}): make sure that no other user can read it.");
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
                problems.Add(
                    $"Data:Directory '{path}' is accessible to other users and contains files of other programs, "
                    + "so its permissions were not changed: choose a separate folder.");
            }
            return;
        }
        // A program that runs as root starts the embedded database as another user, and that user must be able to enter this folder.
        // This applies if the database is already in the folder, or if an administrator granted exactly this permission.
        var mustStayEnterable = Environment.IsPrivilegedProcess && (HoldsDatabase(path) || (mode & Others) == EnterOnly);
        CloseOne(path, PrivateFiles.ForFolders | (mustStayEnterable ? EnterOnly : 0), problems);
    }

    /// <summary>An empty folder is accepted: no other program has files in it.</summary>
    private static bool IsOurs(string path) =>
        !Directory.EnumerateFileSystemEntries(path).Any() || HoldsDatabase(path)
        || OurFiles.Concat(OurFolders).Any(pattern => Directory.EnumerateFileSystemEntries(path, pattern).Any());

    private static bool HoldsDatabase(string path) => Directory.Exists(Path.Combine(path, "postgres"));

    private static void CloseAll(string folder, List<string> problems)
    {
        // Other users cannot reach files in a private folder, so its files are not checked: there may be thousands of mails.
        if ((File.GetUnixFileMode(folder) & Others) == 0)
        {
            return;
        }
        CloseOne(folder, PrivateFiles.ForFolders, problems);
        foreach (var file in Directory.EnumerateFiles(folder).Where(IsNotLink))
        {
            CloseOne(file, PrivateFiles.ForFiles, problems);
        }
        foreach (var inside in Directory.EnumerateDirectories(folder).Where(IsNotLink))
        {
            CloseAll(inside, problems);
        }
    }

    /// <summary>The target of a link may be outside this folder, so its permissions must not change.</summary>
    private static bool IsNotLink(string path) => new FileInfo(path).LinkTarget is null;

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
            // Race: another process of this program deleted the file after it was listed.
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            problems.Add(
                $"'{path}' is accessible to other users, and its permissions cannot be changed "
                + $"({failure.Message.TrimEnd('.')}): change them as its owner.");
        }
    }
}
