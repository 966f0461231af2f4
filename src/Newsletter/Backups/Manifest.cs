using System.Text.Json;
using System.Text.Json.Serialization;

namespace Newsletter.Backups;

/// <summary><c>manifest.json</c>, the first file of a backup: its contents. Later versions read these names: never rename a property.</summary>
public sealed record Manifest
{
    /// <summary>Format of the whole backup file. Increase it when existing versions could no longer restore the file correctly.</summary>
    public const int CurrentFormat = 1;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public required int Format { get; init; }

    /// <summary>Version of the program that wrote the backup.</summary>
    public required string Program { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The newest of <see cref="Migrations"/>, for display.</summary>
    public required string Schema { get; init; }

    /// <summary>File names of all applied migrations, in order.</summary>
    public required IReadOnlyList<string> Migrations { get; init; }

    /// <summary>Major version of the server.</summary>
    public required int Postgres { get; init; }

    /// <summary>Major version of the pg_dump that wrote the dump; an older pg_restore cannot read it.</summary>
    public required int PgDump { get; init; }

    /// <summary>Number of rows by table; a partitioned table includes all its partitions.</summary>
    public required IReadOnlyDictionary<string, long> Rows { get; init; }

    public required IReadOnlyList<SettingsFile> Files { get; init; }

    /// <summary>Files named in settings that could not be read, with the reason.</summary>
    public required IReadOnlyList<MissingFile> Missing { get; init; }

    [JsonIgnore]
    public string? NewerMigration => Migrations.Except(Database.Migrations.Names).FirstOrDefault();

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <summary>Checks the format number before it parses the rest, because a later format may have other properties.</summary>
    /// <exception cref="JsonException">Not a manifest.</exception>
    /// <exception cref="Refusal">Invalid: the format is newer than this program supports.</exception>
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

/// <summary>A settings file outside the database.</summary>
/// <param name="Name">Entry name in the backup: <c>files/</c> and the path.</param>
/// <param name="Path">Original absolute path.</param>
/// <param name="Setting">The setting that named the file, for display.</param>
public sealed record SettingsFile(string Name, string Path, string Setting);

public sealed record MissingFile(string Path, string Setting, string Reason);
