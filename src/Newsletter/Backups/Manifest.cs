using System.Text.Json;
using System.Text.Json.Serialization;

namespace Newsletter.Backups;

/// <summary><c>manifest.json</c>, the first file of a backup: what is in it. Its names are read by later versions: never rename one.</summary>
public sealed record Manifest
{
    /// <summary>Of the whole file; raised when a version of today could no longer restore it rightly.</summary>
    public const int CurrentFormat = 1;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public required int Format { get; init; }

    /// <summary>Version of the program that made it.</summary>
    public required string Program { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The newest of <see cref="Migrations"/>, for people.</summary>
    public required string Schema { get; init; }

    /// <summary>Names of all that were applied.</summary>
    public required IReadOnlyList<string> Migrations { get; init; }

    /// <summary>Major version of the server.</summary>
    public required int Postgres { get; init; }

    /// <summary>Major version of the pg_dump that wrote the dump; an older pg_restore does not read it.</summary>
    public required int PgDump { get; init; }

    /// <summary>Rows of each table, those of its partitions together.</summary>
    public required IReadOnlyDictionary<string, long> Rows { get; init; }

    public required IReadOnlyList<SettingsFile> Files { get; init; }

    /// <summary>Files that settings name and that could not be read, with the reason.</summary>
    public required IReadOnlyList<MissingFile> Missing { get; init; }

    [JsonIgnore]
    public string? NewerMigration => Migrations.Except(Database.Migrations.Names).FirstOrDefault();

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <summary>The format is read before the rest: a later one may look different.</summary>
    /// <exception cref="JsonException">It is no manifest.</exception>
    /// <exception cref="Refusal">Invalid: of a later format.</exception>
    public static Manifest Parse(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("format", out var format)
            || format.ValueKind != JsonValueKind.Number || !format.TryGetInt32(out var number))
        {
            throw new JsonException("no format");
        }
        return number > CurrentFormat
            ? throw Refusal.Invalid($"The backup has format {number}, and this program knows formats up to {CurrentFormat}: restore it with a newer version.")
            : document.Deserialize<Manifest>(Json) ?? throw new JsonException("empty");
    }
}

/// <summary>A file that was kept beside the database.</summary>
/// <param name="Name">In the backup: <c>files/</c> and its path.</param>
/// <param name="Path">Where it lay.</param>
/// <param name="Setting">What named it, for people.</param>
public sealed record SettingsFile(string Name, string Path, string Setting);

public sealed record MissingFile(string Path, string Setting, string Reason);
