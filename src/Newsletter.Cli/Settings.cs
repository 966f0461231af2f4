using Microsoft.Extensions.Configuration;

namespace Newsletter.Cli;

/// <summary>Configuration: appsettings.json, then the environment, then <c>--Section:Key value</c>.</summary>
internal static class Settings
{
    /// <summary>Parts the settings from the words of the command line: a setting is an option with a colon in its name.</summary>
    /// <exception cref="Refusal">Never; a setting without a value is left to the parser, which refuses it.</exception>
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

    public static IConfigurationRoot Read(IReadOnlyDictionary<string, string?> settings) => new ConfigurationBuilder()
        .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true)
        .AddEnvironmentVariables()
        .AddInMemoryCollection(settings)
        .Build();

    private static bool IsSetting(string name) =>
        name.StartsWith("--", StringComparison.Ordinal) && name.Length > 3 && char.IsAsciiLetterUpper(name[2])
        && name.IndexOf(':', StringComparison.Ordinal) > 3;
}
