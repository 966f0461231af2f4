namespace Newsletter.Database;

/// <summary>A right that the database role lacks.</summary>
public sealed record MissingRight
{
    public required string Role { get; init; }

    /// <summary>A privilege as named in <c>GRANT</c>, or <c>ownership</c>.</summary>
    public required string Right { get; init; }

    /// <summary>The object of the right: <c>schema public</c>.</summary>
    public required string On { get; init; }

    /// <summary>The action that needs the right.</summary>
    public required string Purpose { get; init; }

    /// <summary>The SQL statement that grants it.</summary>
    public required string Mend { get; init; }

    public string Sentence => $"The database role {Role} lacks {Right} on {On}, which {Purpose} needs: as the owner or a superuser, run \"{Mend}\".";
}
