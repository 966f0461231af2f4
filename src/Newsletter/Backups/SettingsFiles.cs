using Microsoft.Extensions.Configuration;
using Npgsql;

namespace Newsletter.Backups;

/// <summary>
/// Finds the files that contain settings: <c>appsettings.json</c>, files named by settings (settings whose name ends in <c>File</c>,
/// and files in the connection string), the operator's templates, and the signing key of the embedded database.
/// </summary>
public static class SettingsFiles
{
    /// <summary>File name in <c>Data:Directory</c>; used with the embedded database.</summary>
    public const string SigningKeyFile = "signing.key";

    internal const string Folder = "files/";
    private const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>Absolute paths, each with the setting that names it. Files of the connection string and settings need not exist.</summary>
    public static IReadOnlyList<(string Path, string Setting)> Find(IConfiguration configuration, string dataDirectory)
    {
        var files = new List<(string Path, string Setting)>();
        AddIfThere(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), "configuration");
        files.AddRange(configuration.AsEnumerable()
            .Where(setting => setting.Key.Contains(':', StringComparison.Ordinal) && setting.Key.EndsWith("File", StringComparison.OrdinalIgnoreCase))
            // Backup:PassphraseFile is not needed in the backup: reading the backup requires the passphrase.
            .Where(setting => !setting.Key.StartsWith("Backup:", StringComparison.OrdinalIgnoreCase) && !string.IsNullOrWhiteSpace(setting.Value))
            .OrderBy(setting => setting.Key, StringComparer.OrdinalIgnoreCase)
            .Select(setting => (Path.GetFullPath(setting.Value!), setting.Key)));
        var connection = new NpgsqlConnectionStringBuilder(configuration.GetConnectionString("Newsletter"));
        files.AddRange(new[] { connection.RootCertificate, connection.SslCertificate, connection.SslKey, connection.Passfile }
            .Where(path => !string.IsNullOrWhiteSpace(path)).Select(path => (Path.GetFullPath(path!), "ConnectionStrings:Newsletter")));
        if (configuration["Templates:Directory"] is { Length: > 0 } templates && Directory.Exists(templates))
        {
            files.AddRange(Directory.GetFiles(Path.GetFullPath(templates), "*.cshtml").Order(StringComparer.Ordinal)
                .Select(path => (path, "Templates:Directory")));
        }
        AddIfThere(Path.Combine(dataDirectory, SigningKeyFile), "Data:Directory");
        return [.. files.DistinctBy(file => file.Path)];

        void AddIfThere(string path, string setting)
        {
            if (File.Exists(path))
            {
                files.Add((Path.GetFullPath(path), setting));
            }
        }
    }

    internal static async Task<(IReadOnlyList<(SettingsFile File, byte[] Content)> Read, IReadOnlyList<MissingFile> Missing)> ReadAsync(
        IReadOnlyList<(string Path, string Setting)> files, CancellationToken cancel)
    {
        var read = new List<(SettingsFile, byte[])>();
        var missing = new List<MissingFile>();
        foreach (var (path, setting) in files)
        {
            try
            {
                var content = await Task.Run(() => Content(path), CancellationToken.None).WaitAsync(cancel);
                read.Add((new SettingsFile(Folder + path.TrimStart('/'), path, setting), content));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                missing.Add(new MissingFile(path, setting, failure.Message));
            }
        }
        return (read, missing);
    }

    private static byte[] Content(string path)
    {
        using var file = InputFile.OpenRead(path);
        var bytes = new byte[MaxBytes + 1];
        var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return length <= MaxBytes ? bytes[..length] : throw new IOException($"It is larger than {MaxBytes / 1024 / 1024} MB, the limit for settings files.");
    }
}
