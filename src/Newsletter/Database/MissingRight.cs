namespace Newsletter.Database;

/// <summary>A right that the database role lacks.</summary>
public sealed record MissingRight
{
    public required string Role { get; init; }

    /// <summary>As in <c>GRANT</c>, or <c>ownership</c>.</summary>
    public required string Right { get; init; }

    /// <summary>What it is a right on: <c>schema public</c>.</summary>
    public required string On { get; init; }

    /// <summary>What it is needed for.</summary>
    public required string Purpose { get; init; }

    /// <summary>The statement that gives it.</summary>
    public required string Mend { get; init; }

    public string Sentence => $"The database role {Role} lacks {Right} on {On}, which {Purpose} needs: as the owner or a superuser, run \"{Mend}\".";
}
