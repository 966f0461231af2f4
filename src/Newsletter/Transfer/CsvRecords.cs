using System.Globalization;
using System.Text;

namespace Newsletter.Transfer;

/// <summary>
/// Reads the records of a CSV file (RFC 4180) one by one: commas, line breaks and doubled quotes in quoted cells are part of the cell. Accepts
/// all line endings and ignores spaces around quotes. At most one record is in memory.
/// </summary>
internal sealed class CsvRecords(TextReader text)
{
    /// <summary>Maximum length of a record, in characters.</summary>
    public const int MaxLength = 250_000;

    private readonly char[] buffer = new char[16 * 1024];
    private readonly StringBuilder cell = new();
    private readonly StringBuilder afterQuote = new();
    private (int At, int Length) read;
    private long line = 1;
    private bool isAfterReturn;

    // State of the record that is being read.
    private List<string> cells = [];
    private State state;
    private long firstLine;
    private long quoteLine;
    private int length;
    private bool hasStrayQuote;

    private enum State
    {
        CellStart,
        Unquoted,
        Quoted,

        /// <summary>After a quote in a quoted cell: it ends the cell, or is the first of two.</summary>
        AfterQuote,
    }

    /// <returns>Null at the end of the file. An empty line is a record of one empty cell.</returns>
    /// <exception cref="Refusal">Invalid: a record is too long, or a quote is never closed.</exception>
    public async ValueTask<CsvRecord?> ReadAsync(CancellationToken cancel)
    {
        (cells, state, firstLine, length, hasStrayQuote) = ([], State.CellStart, line, 0, false);
        while (true)
        {
            while (read.At < read.Length)
            {
                if (Take(buffer[read.At++]))
                {
                    return new(firstLine, line - 1, cells, hasStrayQuote);
                }
            }
            read = (0, await text.ReadAsync(buffer, cancel));
            if (read.Length == 0)
            {
                return length == 0 ? null : Last();
            }
        }
    }

    /// <returns>Whether the record ends here.</returns>
    private bool Take(char character)
    {
        var (isSecondHalf, isReturn) = (isAfterReturn && character == '\n', character == '\r');
        isAfterReturn = isReturn;
        if (isSecondHalf)
        {
            return false;
        }
        if (++length > MaxLength)
        {
            throw TooLong();
        }
        character = isReturn ? '\n' : character;
        var endsCell = state != State.Quoted && character is ',' or '\n';
        if (endsCell)
        {
            EndCell();
        }
        else if (state == State.Quoted)
        {
            TakeQuoted(character);
        }
        else if (state == State.AfterQuote)
        {
            TakeAfterQuote(character);
        }
        else
        {
            TakeUnquoted(character);
        }
        line += character == '\n' ? 1 : 0;
        return endsCell && character == '\n';
    }

    private void TakeUnquoted(char character)
    {
        if (character == '"' && state == State.CellStart)
        {
            cell.Clear();
            (state, quoteLine) = (State.Quoted, line);
            return;
        }
        hasStrayQuote |= character == '"';
        cell.Append(character);
        state = state == State.CellStart && SingleLine.IsBlank(character) ? State.CellStart : State.Unquoted;
    }

    private void TakeQuoted(char character)
    {
        if (character == '"')
        {
            state = State.AfterQuote;
        }
        else
        {
            cell.Append(character);
        }
    }

    private void TakeAfterQuote(char character)
    {
        if (character == '"' && afterQuote.Length == 0)
        {
            cell.Append('"');
            state = State.Quoted;
        }
        else if (SingleLine.IsBlank(character))
        {
            afterQuote.Append(character);
        }
        else
        {
            // A quote that should have been doubled. The cell continues until another quote ends it: what looks like a row in between may be part of it.
            hasStrayQuote = true;
            cell.Append('"').Append(afterQuote);
            afterQuote.Clear();
            if (character != '"')
            {
                cell.Append(character);
                state = State.Quoted;
            }
        }
    }

    private void EndCell()
    {
        cells.Add(cell.ToString());
        cell.Clear();
        afterQuote.Clear();
        state = State.CellStart;
    }

    /// <summary>The last line of the file may have no line ending.</summary>
    private CsvRecord Last()
    {
        if (state == State.Quoted)
        {
            throw Refusal.Invalid(string.Create(CultureInfo.InvariantCulture,
                $"The quote that opens in line {quoteLine} is never closed; write a quote inside a quoted value twice. Nothing was imported."));
        }
        EndCell();
        return new(firstLine, line, cells, hasStrayQuote);
    }

    private Refusal TooLong() => Refusal.Invalid(string.Create(CultureInfo.InvariantCulture,
            $"The record that begins in line {firstLine} is too long: it has more than {MaxLength:N0} characters. ")
        + (state is State.Quoted or State.AfterQuote
            ? string.Create(CultureInfo.InvariantCulture, $"Perhaps the quote that opens in line {quoteLine} is never closed. ")
            : "")
        + "Nothing was imported.");
}
