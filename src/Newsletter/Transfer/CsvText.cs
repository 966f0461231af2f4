using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Newsletter.Transfer;

/// <summary>A CSV file's bytes as text: UTF-8, or UTF-16 by its mark or by its first letters. The mark is no part of the text.</summary>
internal static class CsvText
{
    private const int Beginning = 4;

    /// <summary>
    /// Reads on as the text is read. Bytes that are no text throw a <see cref="DecoderFallbackException"/>, rather than become question
    /// marks in names.
    /// </summary>
    public static async Task<StreamReader> OpenAsync(Stream csv, CancellationToken cancel)
    {
        var pipe = PipeReader.Create(csv, new StreamPipeReaderOptions(leaveOpen: true));
        var beginning = (await pipe.ReadAtLeastAsync(Beginning, cancel)).Buffer;
        var encoding = EncodingOf(beginning.Slice(0, Math.Min(Beginning, beginning.Length)).ToArray());
        pipe.AdvanceTo(beginning.Start);
        return new StreamReader(pipe.AsStream(), encoding, detectEncodingFromByteOrderMarks: false);
    }

    // The header begins with two characters of ASCII: in UTF-16 every other byte of them is zero.
    private static Encoding EncodingOf(ReadOnlySpan<byte> beginning) => beginning switch
    {
        [0xFF, 0xFE, ..] or [not 0, 0, not 0, 0] => new UnicodeEncoding(bigEndian: false, byteOrderMark: true, throwOnInvalidBytes: true),
        [0xFE, 0xFF, ..] or [0, not 0, 0, not 0] => new UnicodeEncoding(bigEndian: true, byteOrderMark: true, throwOnInvalidBytes: true),
        _ => new UTF8Encoding(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true),
    };
}
