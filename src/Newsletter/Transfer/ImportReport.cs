namespace Newsletter.Transfer;

/// <summary>
/// The result of an import. The counts add up to the rows of the file: imported, updated, unchanged, kept, rejected, and replaced by a later row
/// with the same address.
/// </summary>
public sealed record ImportReport
{
    /// <summary>Maximum number of lines in <see cref="Rejected"/> and in <see cref="Warnings"/>. Further lines are counted, but not listed.</summary>
    public const int MaxLines = 1000;

    public required long Imported { get; init; }

    public required long Updated { get; init; }

    public required long Unchanged { get; init; }

    /// <summary>Rows of people who have unsubscribed and of suppressed addresses: an import does not subscribe them again.</summary>
    public required long Kept { get; init; }

    public required long RejectedRows { get; init; }

    /// <summary>Rows replaced by a later one with the same address.</summary>
    public required long ReplacedRows { get; init; }

    /// <summary>The first <see cref="MaxLines"/>, by line.</summary>
    public required IReadOnlyList<RejectedRow> Rejected { get; init; }

    /// <summary>The first <see cref="MaxLines"/>, by line.</summary>
    public required IReadOnlyList<ImportWarning> Warnings { get; init; }
}

/// <param name="Line">From 1, including the header.</param>
public sealed record RejectedRow(long Line, string Reason);

/// <param name="Line">From 1, including the header.</param>
public sealed record ImportWarning(long Line, string Message);
