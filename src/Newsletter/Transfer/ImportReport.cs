namespace Newsletter.Transfer;

/// <summary>
/// What became of a file's rows. They add up: imported, updated, unchanged, kept, rejected, and the rows that a later row
/// with the same address replaced.
/// </summary>
public sealed record ImportReport
{
    /// <summary>Lines listed in <see cref="Rejected"/> and <see cref="Warnings"/>, each. The counts go on.</summary>
    public const int MaxLines = 1000;

    public required long Imported { get; init; }

    public required long Updated { get; init; }

    public required long Unchanged { get; init; }

    /// <summary>People who have left, and suppressed addresses: an import does not bring them back.</summary>
    public required long Kept { get; init; }

    public required long RejectedRows { get; init; }

    /// <summary>Rows replaced by a later one with the same address.</summary>
    public required long ReplacedRows { get; init; }

    /// <summary>The first <see cref="MaxLines"/>, by line.</summary>
    public required IReadOnlyList<RejectedRow> Rejected { get; init; }

    /// <summary>The first <see cref="MaxLines"/>, by line.</summary>
    public required IReadOnlyList<ImportWarning> Warnings { get; init; }
}

/// <param name="Line">1-based, the header counted.</param>
public sealed record RejectedRow(long Line, string Reason);

/// <param name="Line">1-based, the header counted.</param>
public sealed record ImportWarning(long Line, string Message);
