using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Newsletter.MailCatcher;

/// <summary>AUTH (RFC 4954) with the mechanisms PLAIN (RFC 4616) and LOGIN.</summary>
internal static class Authentication
{
    /// <summary>Verifies credentials; prompts the client for those not in the command.</summary>
    /// <returns>False for wrong credentials, another mechanism, and invalid Base64.</returns>
    public static async ValueTask<bool> PassesAsync(string argument, NetworkCredential credentials, Wire wire)
    {
        var words = argument.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var initial = words.Length > 1 ? words[1] : null;
        switch (words.FirstOrDefault()?.ToUpperInvariant())
        {
            case "PLAIN":
                var parts = Decode(initial ?? await AskAsync("", wire)).Split('\0');
                return parts.Length == 3 && AreValid(parts[1], parts[2], credentials);
            case "LOGIN":
                var user = Decode(initial ?? await AskAsync("Username:", wire));
                return AreValid(user, Decode(await AskAsync("Password:", wire)), credentials);
            default:
                return false;
        }
    }

    private static async ValueTask<string?> AskAsync(string prompt, Wire wire)
    {
        wire.Reply(334, Convert.ToBase64String(Encoding.UTF8.GetBytes(prompt)));
        return await wire.ReadLineAsync();
    }

    private static string Decode(string? base64)
    {
        var bytes = new byte[Wire.MaxLineBytes];
        return Convert.TryFromBase64String(base64 ?? "", bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : "";
    }

    private static bool AreValid(string user, string password, NetworkCredential credentials) =>
        IsSame(user, credentials.UserName) & IsSame(password, credentials.Password);

    private static bool IsSame(string one, string other) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));
}
