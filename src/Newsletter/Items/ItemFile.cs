using System.Text;
using System.Text.Json;

namespace Newsletter.Items;

/// <summary>
/// Reads a file's bytes as one item (text form, a JSON object) or several (a JSON array, JSON lines).
/// Told apart by the first character, so standard input needs no name.
/// </summary>
public static class ItemFile
{
    /// <summary>Of one item, in bytes.</summary>
    public const int ItemLimit = 256 * 1024;

    /// <summary>Of a file of several, in bytes.</summary>
    public const int FileLimit = 64 * 1024 * 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static IReadOnlyList<ItemReading> Read(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Span.StartsWith(Encoding.UTF8.Preamble))
        {
            bytes = bytes[3..];
        }
        var start = bytes.Span.IndexOfAnyExcept(" \t\r\n"u8);
        var first = start < 0 ? ' ' : (char)bytes.Span[start];
        return first switch
        {
            '{' when IsOneDocument(bytes) => [Guarded(1, () => Json(bytes, 1))],
            '{' => Lines(bytes),
            '[' => Array(bytes),
            _ => [Guarded(1, () => Text(bytes))],
        };
    }

    /// <summary>Line ends made one, control characters that no text needs taken out.</summary>
    /// <exception cref="NotAnItem">It holds a NUL: that is no text.</exception>
    internal static string Clean(string text, int line)
    {
        var nul = text.IndexOf('\0', StringComparison.Ordinal);
        if (nul >= 0)
        {
            throw new NotAnItem(line + text.AsSpan(0, nul).Count('\n'), "it holds a NUL character: this is not a text file");
        }
        text = text.ReplaceLineEndings("\n");
        return text.Any(IsStray) ? string.Concat(text.Where(c => !IsStray(c))) : text;
    }

    private static bool IsStray(char c) => char.IsControl(c) && c is not ('\n' or '\t');

    private static ItemReading Text(ReadOnlyMemory<byte> bytes) => ItemTextParser.Parse(Clean(Decode(bytes, 1), 1));

    private static ItemReading Json(ReadOnlyMemory<byte> bytes, int line)
    {
        Decode(bytes, line);
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return ItemJsonParser.Parse(document.RootElement, line);
        }
        catch (JsonException failure)
        {
            throw new NotAnItem(line + (int)(failure.LineNumber ?? 0), $"it is not valid JSON (at byte {failure.BytePositionInLine + 1} of the line)");
        }
    }

    private static List<ItemReading> Lines(ReadOnlyMemory<byte> bytes)
    {
        var readings = new List<ItemReading>();
        for (var line = 1; bytes.Length > 0; line++)
        {
            var end = bytes.Span.IndexOf((byte)'\n');
            var row = end < 0 ? bytes : bytes[..end];
            bytes = end < 0 ? default : bytes[(end + 1)..];
            if (!row.Span.Trim(" \t\r"u8).IsEmpty)
            {
                var number = line;
                readings.Add(Guarded(line, () => Json(row, number)));
            }
        }
        return readings;
    }

    private static List<ItemReading> Array(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.EnumerateArray()
                .Select((element, index) => Guarded(1, () => Entry(element), $"entry {index + 1}: "))
                .ToList();
        }
        catch (JsonException failure)
        {
            return [ItemReading.Rejected((int)(failure.LineNumber ?? 0) + 1, "it is not valid JSON")];
        }
    }

    private static ItemReading Entry(JsonElement element) => element.GetRawText().Length <= ItemLimit
        ? ItemJsonParser.Parse(element, 1)
        : throw new NotAnItem(1, "it is larger than 256 kB");

    private static ItemReading Guarded(int line, Func<ItemReading> read, string where = "")
    {
        try
        {
            return read() with { Line = line };
        }
        catch (NotAnItem no)
        {
            return ItemReading.Rejected(no.Line, where + no.Message);
        }
    }

    private static string Decode(ReadOnlyMemory<byte> bytes, int line)
    {
        if (bytes.Length > ItemLimit)
        {
            throw new NotAnItem(line, "it is larger than 256 kB");
        }
        try
        {
            return Strict.GetString(bytes.Span);
        }
        catch (DecoderFallbackException failure)
        {
            throw new NotAnItem(line + bytes.Span[..Math.Max(0, failure.Index)].Count((byte)'\n'), "it is not UTF-8");
        }
    }

    private static bool IsOneDocument(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var reader = new Utf8JsonReader(bytes.Span, new JsonReaderOptions { AllowMultipleValues = true });
            reader.Read();
            reader.Skip();
            return !reader.Read();
        }
        catch (JsonException)
        {
            // Broken: by lines when its first line is a whole object, so that the good lines still go in.
            var end = bytes.Span.IndexOf((byte)'\n');
            return end < 0 || !bytes.Span[..end].TrimEnd(" \t\r"u8).EndsWith("}"u8);
        }
    }
}
