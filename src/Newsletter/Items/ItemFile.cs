using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Newsletter.Items;

/// <summary>
/// Parses a file's bytes as one item (text form, a JSON object) or several (a JSON array, JSON lines). If the name does not end in <c>.json</c>
/// or <c>.jsonl</c>, the first characters decide, so standard input needs no name.
/// </summary>
public static class ItemFile
{
    /// <summary>Maximum size of one item, in bytes, without the byte order mark.</summary>
    public const int ItemLimit = 256 * 1024;

    /// <summary>Maximum size of a file of several items, in bytes.</summary>
    public const int FileLimit = 64 * 1024 * 1024;

    /// <summary>After this many rejected items the rest of a file is skipped: it is probably something else.</summary>
    public const int BadLimit = 1000;

    /// <param name="path">Only the extension matters.</param>
    /// <returns>In the file's order; JSON lines are parsed one by one during the enumeration.</returns>
    public static IEnumerable<ParsedItem> Read(ReadOnlyMemory<byte> bytes, string path = "")
    {
        if (bytes.Span.StartsWith(Encoding.UTF8.Preamble))
        {
            bytes = bytes[3..];
        }
        var content = bytes.Span.Trim(" \t\r\n"u8);
        if (content.IsEmpty)
        {
            return [ParsedItem.Rejected(1, "the file is empty")];
        }
        if (!IsNamedJson(path) && !BeginsAsJson(content))
        {
            return [ParseOrReject(1, () => Text(bytes))];
        }
        if (content[0] == (byte)'[')
        {
            return Entries(bytes);
        }
        return IsOfLines(bytes) ? UntilTooManyRejected(Lines(bytes)) : [ParseOrReject(1, () => Object(bytes, 1))];
    }

    private static ParsedItem Text(ReadOnlyMemory<byte> bytes)
    {
        RequireSize(bytes.Length, 1);
        return ItemTextParser.Parse(ItemText.Read(bytes.Span));
    }

    private static ParsedItem Object(ReadOnlyMemory<byte> bytes, int line)
    {
        RequireSize(bytes.Length, line);
        ItemText.RequireUtf8(bytes.Span, line);
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return ItemJsonParser.Parse(document.RootElement, line);
        }
        catch (JsonException failure)
        {
            throw NotJson(failure, line);
        }
    }

    private static IEnumerable<ParsedItem> Lines(ReadOnlyMemory<byte> bytes)
    {
        for (var line = 1; bytes.Length > 0; line++)
        {
            var end = bytes.Span.IndexOf((byte)'\n');
            var row = end < 0 ? bytes : bytes[..end];
            bytes = end < 0 ? default : bytes[(end + 1)..];
            if (!row.Span.Trim(" \t\r"u8).IsEmpty)
            {
                var number = line;
                yield return ParseOrReject(line, () => Object(row, number));
            }
        }
    }

    private static List<ParsedItem> Entries(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            ItemText.RequireUtf8(bytes.Span, 1);
            using var document = JsonDocument.Parse(bytes);
            return
            [
                .. UntilTooManyRejected(document.RootElement.EnumerateArray()
                    .Select((entry, index) => ParseOrReject(1, () => Entry(entry), $"entry {index + 1}: "))),
            ];
        }
        catch (NotAnItem no)
        {
            return [ParsedItem.Rejected(no.Line, no.Message)];
        }
        catch (JsonException failure)
        {
            var no = NotJson(failure, 1);
            return [ParsedItem.Rejected(no.Line, no.Message)];
        }
    }

    private static ParsedItem Entry(JsonElement entry)
    {
        RequireSize(JsonMarshal.GetRawUtf8Value(entry).Length, 1);
        return ItemJsonParser.Parse(entry, 1);
    }

    private static ParsedItem ParseOrReject(int line, Func<ParsedItem> read, string where = "")
    {
        try
        {
            return read() with { Line = line };
        }
        catch (NotAnItem no)
        {
            return ParsedItem.Rejected(no.Line, where + no.Message);
        }
    }

    private static IEnumerable<ParsedItem> UntilTooManyRejected(IEnumerable<ParsedItem> readings)
    {
        var bad = 0;
        foreach (var reading in readings)
        {
            yield return reading;
            if (reading.Rejection is not null && ++bad == BadLimit)
            {
                yield return ParsedItem.Rejected(reading.Line, $"{BadLimit} items of the file are invalid: the rest of the file was not read");
                yield break;
            }
        }
    }

    private static void RequireSize(int bytes, int line)
    {
        if (bytes > ItemLimit)
        {
            throw new NotAnItem(line, $"it is larger than {ItemLimit / 1024} kB");
        }
    }

    private static NotAnItem NotJson(JsonException failure, int line) =>
        new(line + (int)(failure.LineNumber ?? 0), $"it is not valid JSON, or nested too deep (at byte {failure.BytePositionInLine + 1} of the line)");

    private static bool IsNamedJson(string path) => Path.GetExtension(path).ToLowerInvariant() is ".json" or ".jsonl";

    /// <summary>A title may begin with a bracket: "[Video] How to …". In JSON, a name, an object or the closing bracket follows.</summary>
    private static bool BeginsAsJson(ReadOnlySpan<byte> content)
    {
        var second = content[1..].TrimStart(" \t\r\n"u8);
        return !second.IsEmpty && (content[0], second[0]) is ((byte)'{', (byte)'"' or (byte)'}') or ((byte)'[', (byte)'{' or (byte)']');
    }

    private static bool IsOfLines(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var reader = new Utf8JsonReader(bytes.Span, new JsonReaderOptions { AllowMultipleValues = true });
            reader.Read();
            reader.Skip();
            return reader.Read();
        }
        catch (JsonException)
        {
            // Invalid JSON: parse it as JSON lines if one line looks like a complete object, so that the valid lines are still imported.
            foreach (var range in bytes.Span.Split((byte)'\n'))
            {
                var row = bytes.Span[range].TrimEnd(" \t\r"u8);
                if (row.StartsWith("{"u8) && row.EndsWith("}"u8))
                {
                    return true;
                }
            }
            return false;
        }
    }
}
