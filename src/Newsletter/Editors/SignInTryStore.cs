using Dapper;
using Newsletter.Addresses;
using Npgsql;

namespace Newsletter.Editors;

/// <summary>
/// Tries to sign in that failed, by account and network. Each is forgotten a while after the first of its row. Tries with an address
/// that nobody has are counted in the same way: the time that it takes must not tell whether somebody has it.
/// </summary>
public sealed class SignInTryStore(NpgsqlDataSource database)
{
    private const string All = "";
    private const int Batch = 100;

    /// <summary>Counts a try as failed before it is judged, so that a thousand at once are not judged all.</summary>
    /// <param name="isKnown">Whether somebody has this address; what strangers try with others is one sum.</param>
    /// <param name="judged">So many of one network count against the account; a network that goes on alone must not slow others.</param>
    public async Task<SignInTries> BeginAsync(EmailAddress address, bool isKnown, string client, int judged, DateTimeOffset now, DateTimeOffset expiresAt)
    {
        var account = RandomToken.HashOf(address.Key);
        await using var connection = await database.OpenConnectionAsync();
        var counts = await connection.QuerySingleAsync<SignInTries>(
            """
            with client as (
                insert into sign_in_tries as t (account, client, failed, expires_at) values (@account, @client, 1, @expiresAt)
                on conflict (account, client) do update
                set failed = case when t.expires_at <= @now then 1 else least(t.failed + 1, 1000000) end,
                    expires_at = case when t.expires_at <= @now then excluded.expires_at else t.expires_at end
                returning failed
            ),
            everywhere as (
                insert into sign_in_tries as t (account, client, failed, expires_at)
                select @everywhere, @All, 1, @expiresAt from client where failed <= @judged
                on conflict (account, client) do update
                set failed = case when t.expires_at <= @now then 1 else least(t.failed + 1, 1000000) end,
                    expires_at = case when t.expires_at <= @now then excluded.expires_at else t.expires_at end
                returning failed
            )
            select client.failed as "OfClient", coalesce((select failed from everywhere), 0) as "OfAccount" from client
            """, new { account, client, everywhere = Everywhere(account, isKnown), All, judged, now, expiresAt });
        if (counts.OfClient == 1)
        {
            // Only a first one adds a row. What somebody else is counting in just now waits for the next.
            await connection.ExecuteAsync(
                """
                delete from sign_in_tries where (account, client) in (
                    select account, client from sign_in_tries where expires_at <= @now limit @Batch for update skip locked)
                """, new { now, Batch });
        }
        return counts;
    }

    /// <summary>The password was right: the network begins anew, and this try does not count against the account.</summary>
    public async Task SucceedAsync(EmailAddress address, string client)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            delete from sign_in_tries where account = @account and client = @client;
            update sign_in_tries set failed = greatest(failed - 1, 0) where account = @account and client = @All
            """, new { account = RandomToken.HashOf(address.Key), client, All });
    }

    /// <summary>Nobody has to wait any more for this account.</summary>
    public Task ResetAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, EmailAddress address) =>
        connection.ExecuteAsync("delete from sign_in_tries where account = @account", new { account = RandomToken.HashOf(address.Key) }, transaction);

    private static string Everywhere(string account, bool isKnown) => isKnown ? account : All;
}
