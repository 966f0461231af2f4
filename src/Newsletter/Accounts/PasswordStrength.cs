namespace Newsletter.Accounts;

/// <summary>
/// Estimates the entropy of a password in bits (log2 of the guesses of a dictionary attack). The estimator matches common passwords,
/// keyboard runs, repeats, years and single characters, and takes the cheapest segmentation, as zxcvbn does (D. Wheeler, USENIX
/// Security 2016).
/// </summary>
internal static class PasswordStrength
{
    private const int ShortestPart = 3;
    private const double Next = 1;
    private const double OtherSpelling = 1;
    private const double Capitals = 1;
    private const double Repeat = 1.5;
    private const double Run = 5;
    private const double Year = 7;

    /// <summary>Adjacent keys on English, German and French keyboards, along rows and columns, and the alphabet.</summary>
    private static readonly string[] Rows =
    [
        "12345678901234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn",
        "abcdefghijklmnopqrstuvwxyz", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "qazwsxedcrfvtgbyhnujmikolp", "1q2w3e4r5t6y7u8i9o0p",
        "zaq1xsw2cde3vfr4bgt5nhy6mju7", "zaqxswcdevfrbgtnhymju", "qweasdzxc", "123qweasdzxc", "1a2b3c4d5e6f7g8h9i",
    ];

    private static readonly string[] Runs = [.. Rows, .. Rows.Select(row => string.Concat(row.Reverse()))];

    /// <param name="own">Words related to this person or site, which an attacker tries first; lower case.</param>
    /// <returns>Estimated strength in bits.</returns>
    public static double Of(string password, IReadOnlyCollection<string> own)
    {
        var plain = password.ToLowerInvariant();
        string[] spellings =
        [
            plain, With(plain, "@4301$5789!", "aaeolsstbgi"), With(plain, "@4301$57!|", "aaeoisstil"), With(plain, "!@#$%^&*()", "1234567890"),
        ];
        var known = own.ToHashSet();
        var longest = Math.Max(CommonPasswords.Longest, own.Select(word => word.Length).DefaultIfEmpty().Max());
        var least = Enumerable.Repeat(double.MaxValue, plain.Length + 1).ToArray();
        least[0] = 0;
        for (var start = 0; start < plain.Length; start++)
        {
            var before = least[start] + (start == 0 ? 0 : Next);
            Take(1, Single(plain[start]));
            if (IsYear(plain.AsSpan(start)))
            {
                Take(4, Year);
            }
            foreach (var spelling in spellings.Distinct())
            {
                var rest = spelling.AsSpan(start);
                var other = spelling == plain ? 0 : OtherSpelling;
                for (var length = ShortestPart; length <= Math.Min(longest, rest.Length); length++)
                {
                    if (Rank(known, rest[..length]) is { } rank)
                    {
                        Take(length, Math.Log2(rank + 1) + other + (password.AsSpan(start, length).ContainsAnyInRange('A', 'Z') ? Capitals : 0));
                    }
                }
                for (int length = ShortestPart, most = LongestRun(rest); length <= most; length++)
                {
                    Take(length, Run + Math.Log2(length) + other);
                }
                for (var length = 1; length <= Math.Min(start, rest.Length); length++)
                {
                    if (spelling.AsSpan(start - length, length).SequenceEqual(rest[..length]))
                    {
                        Take(length, Repeat + other);
                    }
                }
            }

            void Take(int length, double bits) => least[start + length] = Math.Min(least[start + length], before + bits);
        }
        return least[^1];
    }

    private static int? Rank(HashSet<string> own, ReadOnlySpan<char> part) =>
        own.GetAlternateLookup<ReadOnlySpan<char>>().Contains(part) ? 1 : CommonPasswords.RankOf(part);

    private static double Single(char c) => Math.Log2(char.IsAsciiDigit(c) ? 10 : char.IsAsciiLetter(c) ? 26 : char.IsAscii(c) ? 32 : 128);

    private static bool IsYear(ReadOnlySpan<char> text) =>
        text.Length >= 4 && text[..2] is "19" or "20" && char.IsAsciiDigit(text[2]) && char.IsAsciiDigit(text[3]);

    private static int LongestRun(ReadOnlySpan<char> text)
    {
        var same = text.IndexOfAnyExcept(text[0]);
        var longest = same < 0 ? text.Length : same;
        foreach (var run in Runs)
        {
            while (longest < text.Length && run.AsSpan().Contains(text[..(longest + 1)], StringComparison.Ordinal))
            {
                longest++;
            }
        }
        return longest;
    }

    private static string With(string text, string from, string to) =>
        string.Concat(text.Select(c => from.IndexOf(c) is >= 0 and var at ? to[at] : c));
}
