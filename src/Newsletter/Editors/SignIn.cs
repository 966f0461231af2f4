using Newsletter.Addresses;

namespace Newsletter.Editors;

/// <summary>
/// Judges an address and a password. After ten wrong tries a network waits for the rest of a quarter of an hour, and the account's
/// owner elsewhere does not. When an account had a hundred from wherever, each network has three instead of ten: that slows many
/// networks together, and the right password is still taken.
/// </summary>
public sealed class SignIn(EditorStore editors, SignInTryStore tries, SignInJournal journal, TimeProvider time)
{
    private const int TriesPerNetwork = 10;
    private const int TriesPerAccount = 100;
    private const int TriesPerNetworkUnderAttack = 3;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    /// <param name="client">The network that the try came from.</param>
    /// <returns>Null for an unknown or disabled editor, a wrong password and too many tries alike: an answer must not tell which.</returns>
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
        var isJudged = count.OfClient <= allowed;
        if (!Passwords.Verify(isJudged ? credential?.PasswordHash : null, password))
        {
            if (isJudged)
            {
                await journal.FailedAsync(address, credential?.EditorId, client, count, allowed, TriesPerAccount, Window);
            }
            return null;
        }

        await tries.SucceedAsync(address, client);
        // Judged by a password that was changed meanwhile, or for somebody who was put out meanwhile.
        return await editors.FindAsync(credential!.EditorId) is { DisabledAt: null } editor && editor.SecurityStamp == credential.SecurityStamp ? editor : null;
    }
}
