using Newsletter.Addresses;

namespace Newsletter.Accounts;

/// <summary>
/// Verifies an address and a password, with a rate limit. After 10 failed tries for an account, a network is blocked for the rest of
/// the 15 minutes; the account's owner can still sign in from another network. After 100 failed tries from all networks, each network
/// has 3 tries instead of 10: this slows down a distributed attack, and the correct password is still accepted.
/// </summary>
public sealed class SignIn(EditorStore editors, SignInTryStore tries, SignInJournal journal, TimeProvider time)
{
    private const int TriesPerNetwork = 10;
    private const int TriesPerAccount = 100;
    private const int TriesPerNetworkUnderAttack = 3;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    /// <param name="client">The client's network.</param>
    /// <returns>Null for an unknown or disabled editor, a wrong password, or too many tries: the response must not reveal which.</returns>
    public async Task<Editor?> TryAsync(string email, string password, string client)
    {
        if (!EmailAddress.TryParse(email, out var address, out _))
        {
            Passwords.Verify(null, password);
            return null;
        }

        var now = time.GetUtcNow();
        var credential = await editors.FindCredentialAsync(address);
        var count = await tries.BeginAsync(address, credential is not null, client, TriesPerNetwork, now, now + Window);
        var allowed = count.OfAccount > TriesPerAccount ? TriesPerNetworkUnderAttack : TriesPerNetwork;
        var isWithinLimit = count.OfClient <= allowed;
        if (!Passwords.Verify(isWithinLimit ? credential?.PasswordHash : null, password))
        {
            if (isWithinLimit)
            {
                await journal.FailedAsync(address, credential?.EditorId, client, count, allowed, TriesPerAccount, Window);
            }
            return null;
        }

        await tries.SucceedAsync(address, client);
        // Race: the editor may have been disabled, or the password changed, since the credential was read.
        return await editors.FindAsync(credential!.EditorId) is { DisabledAt: null } editor && editor.SecurityStamp == credential.SecurityStamp
            ? editor
            : null;
    }
}
