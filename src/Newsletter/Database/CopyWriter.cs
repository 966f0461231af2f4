using System.Buffers.Binary;
using System.Text;
using Npgsql;

namespace Newsletter.Database;

/// <summary>
/// Writes rows into <c>copy … from stdin (format binary)</c>; write the values in column order. Without a call of
/// <see cref="CompleteAsync"/> nothing is stored. The format is described in PostgreSQL's manual, "COPY", Binary Format.
/// </summary>
public sealed class CopyWriter : IAsyncDisposable
{
    private const int FlushAt = 64 * 1024;

    private static readonly byte[] Header = [.. "PGCOPY\n"u8, 0xFF, .. "\r\n"u8, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    private static readonly DateTimeOffset Epoch = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly NpgsqlRawCopyStream stream;
    private readonly short columns;
    private byte[] buffer = new byte[FlushAt * 2];
    private int filled;
    private bool isComplete;

    private CopyWriter(NpgsqlRawCopyStream stream, short columns)
    {
        this.stream = stream;
        this.columns = columns;
        Header.CopyTo(buffer, 0);
        filled = Header.Length;
    }

    /// <param name="target">Table and columns: <c>deliveries_7 (edition_id, …)</c>.</param>
    public static async Task<CopyWriter> OpenAsync(NpgsqlConnection connection, short columns, string target, CancellationToken cancel) =>
        new(await connection.BeginRawBinaryCopyAsync($"copy {target} from stdin (format binary)", cancel), columns);

    /// <summary>Begins a row. The previous row must have all its values.</summary>
    public ValueTask RowAsync(CancellationToken cancel)
    {
        BinaryPrimitives.WriteInt16BigEndian(Take(2), columns);
        return filled < FlushAt ? ValueTask.CompletedTask : FlushAsync(2, cancel);
    }

    public void Null() => WriteLength(-1);

    public void Int32(int value)
    {
        WriteLength(4);
        BinaryPrimitives.WriteInt32BigEndian(Take(4), value);
    }

    public void Int64(long value)
    {
        WriteLength(8);
        BinaryPrimitives.WriteInt64BigEndian(Take(8), value);
    }

    public void Time(DateTimeOffset value) => Int64((value - Epoch).Ticks / TimeSpan.TicksPerMicrosecond);

    public void Text(string? value)
    {
        if (value is null)
        {
            Null();
            return;
        }
        var length = Encoding.UTF8.GetByteCount(value);
        WriteLength(length);
        Encoding.UTF8.GetBytes(value, Take(length));
    }

    /// <summary>For <c>jsonb</c>: a version byte (1), then the text in UTF-8.</summary>
    public void Json(ReadOnlySpan<byte> value)
    {
        WriteLength(value.Length + 1);
        Take(1)[0] = 1;
        value.CopyTo(Take(value.Length));
    }

    /// <summary>For <c>int[]</c>. Header: number of dimensions, null flag, element type OID, then length and lower bound of each dimension.</summary>
    public void Int32s(IReadOnlyList<int> values)
    {
        const int int4 = 23;
        ReadOnlySpan<int> head = values.Count == 0 ? [0, 0, int4] : [1, 0, int4, values.Count, 1];
        WriteLength(sizeof(int) * (head.Length + (2 * values.Count)));
        foreach (var word in head)
        {
            BinaryPrimitives.WriteInt32BigEndian(Take(sizeof(int)), word);
        }
        foreach (var value in values)
        {
            Int32(value);
        }
    }

    /// <summary>For <c>bytea</c>, or for <c>text</c> as UTF-8.</summary>
    public void Bytes(ReadOnlySpan<byte> value)
    {
        WriteLength(value.Length);
        value.CopyTo(Take(value.Length));
    }

    public async Task CompleteAsync(CancellationToken cancel)
    {
        BinaryPrimitives.WriteInt16BigEndian(Take(2), -1);
        await FlushAsync(0, cancel);
        isComplete = true;
    }

    public async ValueTask DisposeAsync()
    {
        if (!isComplete)
        {
            await stream.CancelAsync();
        }
        await stream.DisposeAsync();
    }

    private void WriteLength(int length) => BinaryPrimitives.WriteInt32BigEndian(Take(4), length);

    private Span<byte> Take(int length)
    {
        if (buffer.Length - filled < length)
        {
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, filled + length));
        }
        filled += length;
        return buffer.AsSpan(filled - length, length);
    }

    /// <param name="keep">Number of bytes at the end of the buffer that belong to the current row and are not flushed.</param>
    private async ValueTask FlushAsync(int keep, CancellationToken cancel)
    {
        await stream.WriteAsync(buffer.AsMemory(0, filled - keep), cancel);
        buffer.AsSpan(filled - keep, keep).CopyTo(buffer);
        filled = keep;
    }
}
