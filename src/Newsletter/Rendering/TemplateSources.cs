using System.Security.Cryptography;
using System.Text.Json;

namespace Newsletter.Rendering;

/// <summary>Immutable texts of a set of templates. Equal texts have equal hashes.</summary>
public sealed class TemplateSources
{
    private readonly SortedDictionary<string, string> texts;
    private readonly Dictionary<string, string> paths;

    private TemplateSources(SortedDictionary<string, string> texts, Dictionary<string, string> paths)
    {
        this.texts = texts;
        this.paths = paths;
        Hash = Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(texts)));
    }

    /// <summary>SHA-256 of all names and texts, in hexadecimal.</summary>
    public string Hash { get; }

    /// <summary>File names, in order.</summary>
    public IReadOnlyCollection<string> Names => texts.Keys;

    /// <summary>Reads our templates from <c>templates</c> next to the program; the operator's replace those of the same name.</summary>
    /// <param name="own">The operator's folder; null or empty: none.</param>
    /// <exception cref="Refusal">Invalid: a folder cannot be read, or contains no template.</exception>
    public static TemplateSources Read(string? own = null)
    {
        var texts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var paths = new Dictionary<string, string>();
        var ours = Path.Combine(AppContext.BaseDirectory, "templates");
        foreach (var folder in string.IsNullOrWhiteSpace(own) ? [ours] : (string[])[ours, Path.GetFullPath(own)])
        {
            foreach (var file in Files(folder))
            {
                texts[Path.GetFileName(file)] = ReadFile(file);
                paths[Path.GetFileName(file)] = file;
            }
        }
        return new(texts, paths);
    }

    /// <param name="json">Result of <see cref="ToJson"/>.</param>
    public static TemplateSources Parse(string json) =>
        new(new(JsonSerializer.Deserialize<Dictionary<string, string>>(json)!, StringComparer.Ordinal), []);

    public string ToJson() => JsonSerializer.Serialize(texts);

    /// <summary>The text of a template; null if there is no template of this name.</summary>
    public string? Find(string name) => texts.GetValueOrDefault(name);

    /// <summary>Path of the file, for error messages; only the name if the template was not read from a file.</summary>
    public string PathOf(string name) => paths.GetValueOrDefault(name, name);

    private static string[] Files(string folder) => Attempt(folder, () => Directory.GetFiles(folder, "*.cshtml")) is { Length: > 0 } files
        ? files
        : throw Refusal.Invalid($"There are no templates (*.cshtml) in {folder}.");

    private static string ReadFile(string path) => Attempt(path, () => InputFile.ReadAllText(path));

    private static T Attempt<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Refusal.Invalid($"Templates cannot be read from {path}: {failure.Message.TrimEnd('.')}.");
        }
    }
}
