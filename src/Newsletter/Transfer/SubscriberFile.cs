using System.Runtime.CompilerServices;
using System.Text;
using Newsletter.Subscribers;

namespace Newsletter.Transfer;

/// <summary>
/// Reads a CSV file of subscribers as rows (RFC 4180): UTF-8 or UTF-16, all line endings, the columns of <see cref="SubscriberColumns.Names"/>
/// in any order and letter case. Columns without a name are ignored if they are empty: spreadsheets add them.
/// </summary>
public sealed class SubscriberFile
{
    private readonly StreamReader text;
    private readonly CsvRecords records;
    private readonly Dictionary<string, int> columns = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<int> nameless = [];
    private int width;

    private SubscriberFile(StreamReader text) => (this.text, records) = (text, new CsvRecords(text));

    /// <summary>The columns of the file, in its order.</summary>
    public IReadOnlyCollection<string> Columns => columns.Keys;

    /// <exception cref="Refusal">Invalid: it is not such a file.</exception>
    public static async Task<SubscriberFile> OpenAsync(Stream csv, CancellationToken cancel)
    {
        var file = new SubscriberFile(await CsvText.OpenAsync(csv, cancel));
        file.ReadColumns(await file.NextAsync(cancel));
        return file;
    }

    /// <summary>Each row: either its content, or why it is rejected.</summary>
    /// <exception cref="Refusal">Invalid: the rest of the file cannot be read.</exception>
    public async IAsyncEnumerable<(ImportRow? Row, RejectedRow? Rejected)> RowsAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        while (await NextAsync(cancel) is { } record)
        {
            yield return Problem(record) is { } problem ? (null, new(record.Line, problem)) : Read(record);
        }
    }

    /// <summary>The next record that is not empty.</summary>
    private async Task<CsvRecord?> NextAsync(CancellationToken cancel)
    {
        try
        {
            CsvRecord? record;
            do
            {
                record = await records.ReadAsync(cancel);
            }
            while (record is { HasStrayQuote: false } && record.Cells.All(IsEmpty));
            return record;
        }
        catch (DecoderFallbackException)
        {
            throw Refusal.Invalid(text.CurrentEncoding is UnicodeEncoding
                ? "The file begins as UTF-16, but contains bytes that are not valid UTF-16: save it as 'CSV UTF-8' and import it again. Nothing was imported."
                : "The file is not UTF-8: save it as 'CSV UTF-8' and import it again. Nothing was imported.");
        }
    }

    private string? Problem(CsvRecord record)
    {
        if (record.HasStrayQuote)
        {
            return "The row has a quote in the wrong place: put a value that contains quotes in quotes, and write each quote in it twice."
                + (record.LastLine == record.Line
                    ? ""
                    : FormattableString.Invariant($" Lines {record.Line} to {record.LastLine} were read as one row."));
        }
        var filled = record.Cells.Count;
        while (filled > width && IsEmpty(record.Cells[filled - 1]))
        {
            filled--;
        }
        if (filled != width)
        {
            return FormattableString.Invariant($"The row has {filled} fields, but the header has {width}.");
        }
        var stray = nameless.FindIndex(i => i < width && !IsEmpty(record.Cells[i]));
        return stray < 0
            ? null
            : FormattableString.Invariant($"The row has a value in column {nameless[stray] + 1}, but the header has no name for that column.");
    }

    private (ImportRow?, RejectedRow?) Read(CsvRecord record)
    {
        try
        {
            return (ImportRow.Read(record.Line, column => Cell(record, column)), null);
        }
        catch (Refusal refusal)
        {
            return (null, new(record.Line, refusal.Message));
        }
    }

    private string Cell(CsvRecord record, string column)
    {
        if (!columns.TryGetValue(column, out var index))
        {
            return "";
        }
        // A tab can only be meant as a space.
        var cell = SingleLine.Trim(record.Cells[index]).Replace('\t', ' ');
        return SingleLine.Problem(cell) is { } problem
            ? throw Refusal.Invalid($"The value of {column} {problem}.")
            : cell;
    }

    private void ReadColumns(CsvRecord? header)
    {
        if (header is { HasStrayQuote: true })
        {
            throw Refusal.Invalid("The header has a quote in the wrong place: nothing was imported.");
        }
        foreach (var (index, cell) in (header?.Cells ?? []).Index())
        {
            var name = SingleLine.Trim(cell);
            if (name.Length == 0)
            {
                nameless.Add(index);
                continue;
            }
            if (!SubscriberColumns.Names.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                throw UnknownColumn(index + 1, name);
            }
            if (!columns.TryAdd(name, index))
            {
                throw Refusal.Invalid($"The header has the column '{name}' twice.");
            }
            width = index + 1;
        }
        if (!columns.ContainsKey("email"))
        {
            throw Refusal.Invalid("The file has no column 'email' in its first line.");
        }
    }

    private static Refusal UnknownColumn(int number, string name)
    {
        if (name.AsSpan().IndexOfAny(';', '\t') is >= 0 and var divider)
        {
            return Refusal.Invalid("The header's columns must be separated by commas, "
                + (name[divider] == '\t' ? "not by tabs." : "not by semicolons: these separate several labels in one cell."));
        }
        var known = $"the columns are {string.Join(",", SubscriberColumns.Names)}.";
        return Refusal.Invalid(SingleLine.Problem(name) is { } problem
            ? FormattableString.Invariant($"The name of column {number} in the header {problem}; {known}")
            : $"The header has a column '{(name.Length > 40 ? name[..40] + "…" : name)}' that is not known; {known}");
    }

    private static bool IsEmpty(string cell) => cell.All(SingleLine.IsBlank);
}
