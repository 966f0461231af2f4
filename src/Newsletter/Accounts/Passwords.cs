using Microsoft.AspNetCore.Identity;

namespace Newsletter.Accounts;

/// <summary>Passwords are stored as PBKDF2 hashes, each with its own salt.</summary>
public static class Passwords
{
    private static readonly PasswordHasher<Editor> Hasher = new();
    private static readonly string Decoy = Hasher.HashPassword(null!, Guid.NewGuid().ToString());

    public static string Hash(string password) => Hasher.HashPassword(null!, password);

    /// <param name="hash">Null where there is no such editor: the same work is done, so that the time tells nothing.</param>
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
