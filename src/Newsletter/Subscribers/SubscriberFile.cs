using System.Runtime.CompilerServices;
using System.Text;
using CsvHelper;

namespace Newsletter.Subscribers;

/// <summary>
/// A CSV file of subscribers as rows (RFC 4180): UTF-8 with or without a byte order mark, any line ends, columns of
/// <see cref="SubscriberColumns.Names"/> in any order and letter case. Reads as it goes; a record may have 256 kB.
/// </summary>
public sealed class SubscriberFile
{
    private readonly Dictionary<string, int> columns = new(StringComparer.OrdinalIgnoreCase);
    private readonly CsvReader reader;
    private bool malformed;

    private SubscriberFile(Stream csv) => reader = CsvReader.Create(
        // Not UTF-8 is an error here, and not a question mark in somebody's name. A mark of UTF-16 is not UTF-8 either.
        new StreamReader(csv, new UTF8Encoding(true, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: false),
        new CsvReaderOptions
        {
            Separator = ',',
            TrackLineNumbers = true,
            TrimWhitespace = true,
            MaxRecordSize = 256 * 1024,
            // No cell of ours has two lines, so a quote that is never closed spoils one row and not the rest.
            AllowLineBreaksInQuotes = false,
            OnMalformedRecord = _ => malformed = true,
        });

    /// <summary>Of the file, in its order.</summary>
    public IReadOnlyCollection<string> Columns => columns.Keys;

    /// <exception cref="Refusal">Invalid, when it is no such file.</exception>
    public static async Task<SubscriberFile> OpenAsync(Stream csv, CancellationToken cancel)
    {
        var file = new SubscriberFile(csv);
        await file.GuardAsync(async () => { await file.reader.ReadHeaderAsync(cancel); return true; });
        file.ReadColumns();
        return file;
    }

    /// <summary>Each row with either what it says or why it is rejected.</summary>
    /// <exception cref="Refusal">Invalid, when the file can't be read on.</exception>
    public async IAsyncEnumerable<(ImportRow? Row, RejectedRow? Rejected)> RowsAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        while (await GuardAsync(() => reader.ReadAsync(cancel).AsTask()))
        {
            var bad = malformed;
            malformed = false;
            if (!bad && Enumerable.Range(0, reader.FieldCount).All(i => reader.IsEmpty(i)))
            {
                continue;
            }

            yield return bad ? (null, new(reader.LineNumber, "The row has a quote in the wrong place, or one that is not closed on its line."))
                : reader.FieldCount != columns.Count ? (null, new(reader.LineNumber, $"The row has {Amount.Of(reader.FieldCount, "field")}, and the header {Amount.Of(columns.Count)}."))
                : Read();
        }
    }

    private (ImportRow?, RejectedRow?) Read()
    {
        try
        {
            return (ImportRow.Read(reader.LineNumber, Cell), null);
        }
        catch (Refusal refusal)
        {
            return (null, new(reader.LineNumber, refusal.Message));
        }
    }

    private string Cell(string column) =>
        columns.TryGetValue(column, out var index) ? SubscriberColumns.Unescape(reader.GetString(index).Trim()) : "";

    private void ReadColumns()
    {
        foreach (var name in reader.Headers.Select(h => h.Trim()))
        {
            if (!SubscriberColumns.Names.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                throw Refusal.Invalid(name.Contains(';')
                    ? "The header's columns must be divided by commas, not by semicolons: these divide several labels in one cell."
                    : $"The header has a column '{(name.Length > 40 ? name[..40] + "…" : name)}' that is not known; the columns are {string.Join(",", SubscriberColumns.Names)}.");
            }
            if (!columns.TryAdd(name, columns.Count))
            {
                throw Refusal.Invalid($"The header has the column '{name}' twice.");
            }
        }
        if (!columns.ContainsKey("email"))
        {
            throw Refusal.Invalid("The file has no column 'email' in its first line.");
        }
    }

    private async Task<T> GuardAsync<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (DecoderFallbackException)
        {
            throw Refusal.Invalid("The file is not UTF-8: save it as 'CSV UTF-8' and import it again. Nothing was imported.");
        }
        catch (CsvFormatException problem)
        {
            throw Refusal.Invalid($"The file can't be read on from line {problem.LineNumber}: a record is too long. Nothing was imported.");
        }
    }
}
