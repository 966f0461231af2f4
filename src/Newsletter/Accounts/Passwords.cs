using Microsoft.AspNetCore.Identity;

namespace Newsletter.Accounts;

/// <summary>Hashes and verifies passwords: PBKDF2, each hash with its own salt.</summary>
public static class Passwords
{
    private static readonly PasswordHasher<Editor> Hasher = new();
    private static readonly string Decoy = Hasher.HashPassword(null!, Guid.NewGuid().ToString());

    public static string Hash(string password) => Hasher.HashPassword(null!, password);

    /// <param name="hash">Null if there is no such editor: a decoy hash is verified instead, so the response time does not reveal it.</param>
    public static bool Verify(string? hash, string password)
    {
        if (password.Length > PasswordRules.MaxLength)
        {
            password = "";
        }

        var result = Hasher.VerifyHashedPassword(null!, hash ?? Decoy, password);
        return hash is not null && result != PasswordVerificationResult.Failed;
    }
}
