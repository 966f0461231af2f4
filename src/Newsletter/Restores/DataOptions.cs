namespace Newsletter.Restores;

/// <summary>Section <c>Data</c>.</summary>
public sealed record DataOptions
{
    /// <summary>Where this process may keep files: embedded database, keys, caught mail, witnesses.</summary>
    public string Directory { get; init; } = "data";

    /// <summary>When the files of the embedded cluster were made, set by the program itself; null with a server of one's own.</summary>
    public string? ClusterBirth { get; init; }
}
