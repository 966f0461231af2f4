namespace Newsletter.Transfer;

/// <summary>One record of a CSV file.</summary>
/// <param name="Line">On which it begins, 1-based.</param>
/// <param name="LastLine">On which it ends: a quoted cell may hold line breaks.</param>
/// <param name="Cells">Without their quotes.</param>
/// <param name="HasStrayQuote">A quote stands where none may: where cells begin and end is a guess.</param>
internal sealed record CsvRecord(long Line, long LastLine, IReadOnlyList<string> Cells, bool HasStrayQuote);
