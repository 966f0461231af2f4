namespace Newsletter.Accounts;

/// <summary>Leaked passwords in lower case, the most frequent first; the list also contains words and names. From zxcvbn-ts (MIT).</summary>
internal static class CommonPasswords
{
    private static readonly Lazy<Dictionary<string, int>> Ranks = new(Read);

    public static int Longest { get; } = Ranks.Value.Keys.Max(password => password.Length);

    /// <returns>1 for the most frequent password; null if it is not in the list.</returns>
    public static int? RankOf(ReadOnlySpan<char> text) =>
        Ranks.Value.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out var rank) ? rank : null;

    private static Dictionary<string, int> Read()
    {
        using var reader = new StreamReader(typeof(CommonPasswords).Assembly.GetManifestResourceStream("common-passwords.txt")!);
        var ranks = new Dictionary<string, int>();
        while (reader.ReadLine() is { } password)
        {
            ranks.TryAdd(password, ranks.Count + 1);
        }
        return ranks;
    }
}
