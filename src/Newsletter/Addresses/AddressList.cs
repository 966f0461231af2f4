namespace Newsletter.Addresses;

/// <summary>
/// A text file with one email address per line, with or without angle brackets, as extracted from a relay's log. Empty lines and lines
/// that start with # are skipped.
/// </summary>
public static class AddressList
{
    /// <returns>The <c>EmailAddress.Key</c> of each address.</returns>
    /// <exception cref="Refusal">Invalid: a line is not an address, or the file has none.</exception>
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
        return keys.Count > 0 ? keys : throw Refusal.Invalid("The file contains no address. Nothing was changed.");
    }
}
