using Newsletter.Addresses;

namespace Newsletter.Editors;

/// <summary>Judges an address and a password. Ten wrong tries in a row lock the account for 15 minutes.</summary>
public sealed class SignIn(EditorStore editors, TimeProvider time)
{
    private const int Allowed = 10;
    private static readonly TimeSpan Lock = TimeSpan.FromMinutes(15);

    /// <returns>Null for an unknown or disabled editor, a wrong password and a locked account alike: an answer must not tell which.</returns>
    public async Task<Editor?> TryAsync(string email, string password)
    {
        var now = time.GetUtcNow();
        var attempt = EmailAddress.TryParse(email, out var address, out _)
            ? await editors.BeginTryAsync(address, Allowed, now, now + Lock)
            : null;
        if (!Passwords.Verify(attempt?.PasswordHash, password))
        {
            return null;
        }

        await editors.SucceedAsync(attempt!.EditorId);
        return await editors.FindAsync(attempt.EditorId);
    }
}
