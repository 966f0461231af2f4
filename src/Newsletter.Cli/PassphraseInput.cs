using System.CommandLine;
using System.Text;
using Newsletter.Backups;

namespace Newsletter.Cli;

/// <summary>
/// Reads the passphrase of a backup: from a file, from the configuration, or from the terminal. Never from the command line, which all users of
/// the machine can read.
/// </summary>
internal static class PassphraseInput
{
    private const string Setting = "Backup:Passphrase";

    public static Option<string> Option() => new("--passphrase-file")
    {
        Description = "file whose first line is the passphrase; default: Backup:PassphraseFile, else a prompt",
    };

    /// <param name="words">The settings of the command line.</param>
    /// <param name="isNew">True for a new backup: the passphrase must be long enough, and is asked for twice.</param>
    /// <exception cref="Refusal">Invalid: no passphrase, too short, or given on the command line.</exception>
    public static async Task<Passphrase> ReadAsync(
        string? file, IReadOnlyDictionary<string, string?> words, IConfiguration configuration, bool isNew, CancellationToken cancel)
    {
        if (words.ContainsKey(Setting))
        {
            throw Refusal.Invalid("Do not put the passphrase on the command line, because every user of this machine can read it: use --passphrase-file.");
        }
        var passphrase = file is not null ? await Passphrase.ReadAsync(file, cancel)
            : configuration["Backup:PassphraseFile"] is { Length: > 0 } configured ? await Passphrase.ReadAsync(configured, cancel)
            : configuration[Setting] is { Length: > 0 } text ? Passphrase.Of(text)
            : await AskAsync(isNew, cancel);
        return isNew ? passphrase.LongEnough() : passphrase;
    }

    private static async Task<Passphrase> AskAsync(bool isNew, CancellationToken cancel)
    {
        if (Console.IsInputRedirected)
        {
            throw Refusal.Invalid("No passphrase was given: name a file that holds it with --passphrase-file, or set Backup:PassphraseFile.");
        }
        var passphrase = await AskAsync("Passphrase: ", cancel);
        return !isNew || (await AskAsync("The same again: ", cancel)).Is(passphrase)
            ? passphrase
            : throw Refusal.Invalid("The two passphrases differ: nothing was done.");
    }

    private static async Task<Passphrase> AskAsync(string prompt, CancellationToken cancel)
    {
        await Console.Error.WriteAsync(prompt);
        var line = await Task.Run(HiddenLine, CancellationToken.None).WaitAsync(cancel);
        await Console.Error.WriteLineAsync();
        return Passphrase.Of(line);
    }

    private static string HiddenLine()
    {
        var line = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                line.Length = Math.Max(0, line.Length - 1);
            }
            else if (!char.IsControl(key.KeyChar))
            {
                line.Append(key.KeyChar);
            }
        }
        return line.ToString();
    }
}
