namespace Newsletter.Restores;

/// <summary>Section <c>Data</c>.</summary>
public sealed record DataOptions
{
    /// <summary>Folder for this process's files: embedded database, keys, caught mail, witnesses.</summary>
    public string Directory { get; init; } = "data";

    /// <summary>Inode and creation time of the embedded cluster's files, set by the program; null with an external server.</summary>
    public string? ClusterBirth { get; init; }
}
