using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Newsletter.Transfer;

/// <summary>Decodes a CSV file: UTF-8, or UTF-16 by its byte order mark or its first letters. The mark is not part of the text.</summary>
internal static class CsvText
{
    private const int Beginning = 4;

    /// <summary>
    /// Decodes while the text is read. Invalid bytes throw a <see cref="DecoderFallbackException"/>, so that they do not become question marks
    /// in names.
    /// </summary>
    public static async Task<StreamReader> OpenAsync(Stream csv, CancellationToken cancel)
    {
        var pipe = PipeReader.Create(csv, new StreamPipeReaderOptions(leaveOpen: true));
        var beginning = (await pipe.ReadAtLeastAsync(Beginning, cancel)).Buffer;
        var encoding = EncodingOf(beginning.Slice(0, Math.Min(Beginning, beginning.Length)).ToArray());
        pipe.AdvanceTo(beginning.Start);
        return new StreamReader(pipe.AsStream(), encoding, detectEncodingFromByteOrderMarks: false);
    }

    // The header begins with two ASCII characters: in UTF-16 every other byte of them is zero.
    private static Encoding EncodingOf(ReadOnlySpan<byte> beginning) => beginning switch
    {
        [0xFF, 0xFE, ..] or [not 0, 0, not 0, 0] => new UnicodeEncoding(bigEndian: false, byteOrderMark: true, throwOnInvalidBytes: true),
        [0xFE, 0xFF, ..] or [0, not 0, 0, not 0] => new UnicodeEncoding(bigEndian: true, byteOrderMark: true, throwOnInvalidBytes: true),
        _ => new UTF8Encoding(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true),
    };
}
