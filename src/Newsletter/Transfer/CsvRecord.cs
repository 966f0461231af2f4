namespace Newsletter.Transfer;

/// <summary>One record of a CSV file.</summary>
/// <param name="Line">The line on which it begins, from 1.</param>
/// <param name="LastLine">The line on which it ends: a quoted cell may contain line breaks.</param>
/// <param name="Cells">Without their quotes.</param>
/// <param name="HasStrayQuote">There is a quote in a wrong place: the boundaries of the cells are a guess.</param>
internal sealed record CsvRecord(long Line, long LastLine, IReadOnlyList<string> Cells, bool HasStrayQuote);
