using Microsoft.AspNetCore.Identity;

namespace Newsletter.Editors;

/// <summary>Passwords of 12 to 200 characters, kept as PBKDF2 with a salt of their own.</summary>
public static class Passwords
{
    public const int MinLength = 12;
    public const int MaxLength = 200;

    private static readonly PasswordHasher<Editor> Hasher = new();

    /// <exception cref="Refusal">Invalid, when it is too short or too long.</exception>
    public static string Hash(string password) =>
        password.Length is >= MinLength and <= MaxLength && !string.IsNullOrWhiteSpace(password)
            ? Hasher.HashPassword(null!, password)
            : throw Refusal.Invalid($"A password needs {MinLength} to {MaxLength} characters.");

    /// <param name="hash">Null where there is no such editor: the same work is done, so that the time tells nothing.</param>
    public static bool Verify(string? hash, string password)
    {
        if (password.Length > MaxLength)
        {
            password = "";
        }

        var result = Hasher.VerifyHashedPassword(null!, hash ?? Decoy, password);
        return hash is not null && result != PasswordVerificationResult.Failed;
    }

    private static readonly string Decoy = Hasher.HashPassword(null!, Guid.NewGuid().ToString());
}
