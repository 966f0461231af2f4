using Newsletter.Addresses;

namespace Newsletter.Accounts;

/// <summary>Checks new passwords: they must be long enough and hard to guess.</summary>
/// <param name="site">Names and addresses of this site, which an attacker tries first.</param>
public sealed class PasswordRules(IEnumerable<string?> site)
{
    public const int MinLength = 12;
    public const int MaxLength = 200;

    /// <summary>At 1000 guesses per second, 2^36 guesses take two years.</summary>
    private const double MinBits = 36;

    private readonly IReadOnlyList<string> siteWords = [.. site.Append("newsletter").SelectMany(name => WordsOf(name ?? ""))];

    /// <param name="address">The address of the person who sets the password.</param>
    /// <exception cref="Refusal">Invalid: wrong length, or too easy to guess. The message says what to change.</exception>
    public void Check(string password, EmailAddress address)
    {
        if (password.Length is < MinLength or > MaxLength || string.IsNullOrWhiteSpace(password))
        {
            throw Refusal.Invalid($"A password needs {MinLength} to {MaxLength} characters.");
        }
        if (PasswordStrength.Of(password, [.. siteWords, .. WordsOf(address.Key)]) < MinBits)
        {
            throw Refusal.Invalid(
                "This password is too easy to guess: choose four words that have nothing to do with each other or with you, "
                + "or let a password manager make one.");
        }
    }

    /// <summary>The complete name, the part before an @, the name without separators, and each word.</summary>
    private static IEnumerable<string> WordsOf(string name)
    {
        var lower = name.ToLowerInvariant();
        var words = string.Concat(lower.Select(c => char.IsLetterOrDigit(c) ? c : ' ')).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var local = lower.Split('@')[0];
        return ((IEnumerable<string>)[lower, local, string.Concat(words), .. words]).Where(word => word.Any(char.IsLetter));
    }
}
