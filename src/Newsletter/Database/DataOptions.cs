namespace Newsletter.Database;

/// <summary>Section <c>Data</c>.</summary>
public sealed record DataOptions
{
    /// <summary>Embedded database, keys, caught mail. Relative paths are taken from where the program was started.</summary>
    public string Directory { get; init; } = "data";
}
