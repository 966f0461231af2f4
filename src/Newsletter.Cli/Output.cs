using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Newsletter.Zones;

namespace Newsletter.Cli;

/// <summary>Writes data to standard output, in the format that <c>-o</c> selects.</summary>
internal sealed class Output(string form)
{
    private static readonly JsonSerializerOptions Pretty = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase), new UtcConverter() },
    };

    private static readonly JsonSerializerOptions Compact = new(Pretty) { WriteIndented = false };

    /// <summary>One object: as JSON, or as the given text lines.</summary>
    public void One(object thing, Func<IEnumerable<string>> lines)
    {
        if (form == "text")
        {
            foreach (var line in lines())
            {
                Console.Out.WriteLine(line);
            }
            return;
        }
        Console.Out.WriteLine(JsonSerializer.Serialize(thing, form == "json" ? Pretty : Compact));
    }

    /// <summary>A list: as a JSON array, as JSON lines, or as a text table.</summary>
    public void List<T>(IReadOnlyList<T> things, params (string Title, Func<T, object?> Cell)[] columns)
    {
        switch (form)
        {
            case "json":
                Console.Out.WriteLine(JsonSerializer.Serialize(things, Pretty));
                break;
            case "jsonl":
                foreach (var thing in things)
                {
                    Console.Out.WriteLine(JsonSerializer.Serialize(thing, Compact));
                }
                break;
            default:
                Table(things, columns);
                break;
        }
    }

    /// <summary>The lines of a text table, with a header.</summary>
    public static IEnumerable<string> Columns<T>(IReadOnlyList<T> things, params (string Title, Func<T, object?> Cell)[] columns)
    {
        var rows = things.Select(thing => columns.Select(c => Text(c.Cell(thing))).ToArray()).Prepend(columns.Select(c => c.Title).ToArray()).ToList();
        var widths = columns.Select((_, i) => rows.Max(row => row[i].Length)).ToArray();
        return rows.Select(row => string.Join("  ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
    }

    private static void Table<T>(IReadOnlyList<T> things, (string Title, Func<T, object?> Cell)[] columns)
    {
        if (things.Count == 0)
        {
            Console.Error.WriteLine("None.");
            return;
        }
        foreach (var line in Columns(things, columns))
        {
            Console.Out.WriteLine(line);
        }
    }

    /// <summary>Escaped as by <see cref="TerminalText"/>, with spaces for line breaks: one cell, or a part of one line.</summary>
    public static string Text(object? value) => TerminalText.Escape(value switch
    {
        null => "",
        DateTimeOffset time => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture),
        IEnumerable<string> list => string.Join(", ", list),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => (value.ToString() ?? "").ReplaceLineEndings(" "),
    });

    /// <summary>The local time in a zone, with the offset in an hour that occurs twice, and the zone's name; UTC if the zone is unknown.</summary>
    public static string Local(DateTimeOffset time, string zone)
    {
        var there = Zone.Of(zone);
        return $"{there.Show(time, "yyyy-MM-dd HH:mm")} {there.Name}";
    }

    /// <summary>An error message of another component, as part of a sentence of this program.</summary>
    public static string OneLine(string message) => string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.', ':');

    /// <summary>ISO 8601 in UTC, with a Z.</summary>
    private sealed class UtcConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture));
    }
}
