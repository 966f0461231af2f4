using Newsletter.Addresses;

namespace Newsletter.Editors;

/// <summary>Which passwords may be set: long enough, and not among those that are tried first.</summary>
/// <param name="site">What this site is called: names and addresses.</param>
public sealed class PasswordRules(IEnumerable<string?> site)
{
    public const int MinLength = 12;
    public const int MaxLength = 200;

    /// <summary>Two years of a thousand guesses a second.</summary>
    private const double LeastBits = 36;

    private readonly IReadOnlyList<string> siteWords = [.. site.Append("newsletter").SelectMany(name => WordsOf(name ?? ""))];

    /// <param name="address">Whose password it is to be.</param>
    /// <exception cref="Refusal">Invalid, with what to do.</exception>
    public void Check(string password, EmailAddress address)
    {
        if (password.Length is < MinLength or > MaxLength || string.IsNullOrWhiteSpace(password))
        {
            throw Refusal.Invalid($"A password needs {MinLength} to {MaxLength} characters.");
        }
        if (PasswordStrength.Of(password, [.. siteWords, .. WordsOf(address.Key)]) < LeastBits)
        {
            throw Refusal.Invalid(
                "This password is too easy to guess: take four words that have nothing to do with each other or with you, or let a password manager make one.");
        }
    }

    /// <summary>A name as a whole, without what is between its words, and each of them.</summary>
    private static IEnumerable<string> WordsOf(string name)
    {
        var lower = name.ToLowerInvariant();
        var words = string.Concat(lower.Select(c => char.IsLetterOrDigit(c) ? c : ' ')).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var local = lower.Split('@')[0];
        return ((IEnumerable<string>)[lower, local, string.Concat(words), .. words]).Where(word => word.Any(char.IsLetter));
    }
}
