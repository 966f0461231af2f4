using System.Globalization;

namespace Newsletter.Cli;

/// <summary>Configuration: appsettings.json, then the environment, then <c>--Section:Key value</c>.</summary>
internal static class Settings
{
    private static readonly string[] UnsupportedSections = ["Bounces", "Tracking"];

    /// <summary>Lists that can also be one value with commas, because this is easier in an environment variable.</summary>
    private static readonly string[] Lists = ["Site:TrustedProxies"];

    /// <summary>Separates the settings from the other words of the command line: a setting is an option with a colon in its name.</summary>
    /// <returns>The remaining words; a setting without a value is among them, so that the parser refuses it.</returns>
    public static (string[] Words, IReadOnlyDictionary<string, string?> Settings) Split(string[] args)
    {
        var words = new List<string>();
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < args.Length; i++)
        {
            var equals = args[i].IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? args[i] : args[i][..equals];
            if (!IsSetting(name))
            {
                words.Add(args[i]);
            }
            else if (equals >= 0)
            {
                settings[name[2..]] = args[i][(equals + 1)..];
            }
            else if (i + 1 < args.Length)
            {
                settings[name[2..]] = args[++i];
            }
            else
            {
                words.Add(args[i]);
            }
        }
        return ([.. words], settings);
    }

    /// <exception cref="Refusal">Invalid: a file that cannot be read, or a setting that this version does not support.</exception>
    public static IConfigurationRoot Read(IReadOnlyDictionary<string, string?> settings)
    {
        IConfigurationRoot configuration;
        try
        {
            configuration = new ConfigurationBuilder()
                .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true)
                .AddEnvironmentVariables()
                .AddInMemoryCollection(settings)
                .Build();
        }
        catch (InvalidDataException broken)
        {
            throw Refusal.Invalid($"appsettings.json cannot be read ({broken.InnerException?.Message ?? broken.Message}).");
        }
        foreach (var list in Lists)
        {
            var entries = configuration[list]?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
            for (var i = 0; i < entries.Length; i++)
            {
                configuration[string.Create(CultureInfo.InvariantCulture, $"{list}:{i}")] = entries[i];
            }
        }
        // Refused instead of ignored, because an operator may rely on it.
        return UnsupportedSections.SelectMany(name => configuration.GetSection(name).AsEnumerable())
            .FirstOrDefault(setting =>
                setting.Value is { Length: > 0 } value && !value.Equals("false", StringComparison.OrdinalIgnoreCase)) is { Key: { } unknown }
            ? throw Refusal.Invalid($"{unknown} is not supported by this version: remove it from the configuration.")
            : configuration;
    }

    private static bool IsSetting(string name) =>
        name.StartsWith("--", StringComparison.Ordinal) && name.Length > 3 && char.IsAsciiLetterUpper(name[2])
        && name.IndexOf(':', StringComparison.Ordinal) > 3;
}
