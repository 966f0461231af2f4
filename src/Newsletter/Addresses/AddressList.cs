namespace Newsletter.Addresses;

/// <summary>A file of addresses, as one makes of a relay's log: one a line, with angle brackets or without.</summary>
public static class AddressList
{
    /// <returns>Keys of the addresses.</returns>
    /// <exception cref="Refusal">Invalid: a line that is no address, or none at all.</exception>
    public static async Task<IReadOnlySet<string>> ReadAsync(TextReader reader, CancellationToken cancel)
    {
        var keys = new HashSet<string>();
        for (var line = 1; await reader.ReadLineAsync(cancel) is { } text; line++)
        {
            text = text.Trim().TrimStart('<').TrimEnd('>');
            if (text.Length == 0 || text.StartsWith('#'))
            {
                continue;
            }
            keys.Add(EmailAddress.TryParse(text, out var address, out var problem)
                ? address.Key
                : throw Refusal.Invalid($"Line {line}: {problem} Nothing was changed."));
        }
        return keys.Count > 0 ? keys : throw Refusal.Invalid("The file holds no address. Nothing was changed.");
    }
}
