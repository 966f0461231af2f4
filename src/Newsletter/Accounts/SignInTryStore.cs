using Dapper;
using Newsletter.Addresses;
using Npgsql;

namespace Newsletter.Accounts;

/// <summary>
/// Counts failed sign-in tries by account and network. A count expires a fixed time after its first failure. Tries with an unknown
/// address are counted in the same way: the response time must not reveal whether an editor has the address.
/// </summary>
public sealed class SignInTryStore(NpgsqlDataSource database)
{
    private const string All = "";
    private const int Batch = 100;

    /// <summary>Counts the try as failed before the password is verified: otherwise concurrent tries could all pass the limit (race).</summary>
    /// <param name="isKnown">True if an editor has this address. All unknown addresses share one count over all networks.</param>
    /// <param name="judged">Maximum tries of one network that count against the account: one network must not lower the limit of others.</param>
    public async Task<SignInTries> BeginAsync(
        EmailAddress address, bool isKnown, string client, int judged, DateTimeOffset now, DateTimeOffset expiresAt)
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
            // Only the first try of a network adds a row, so expired rows are deleted only then. Rows locked by another transaction are
            // skipped and deleted later.
            await connection.ExecuteAsync(
                """
                delete from sign_in_tries where (account, client) in (
                    select account, client from sign_in_tries where expires_at <= @now limit @Batch for update skip locked)
                """, new { now, Batch });
        }
        return counts;
    }

    /// <summary>After a successful sign-in: resets the count of the network, and subtracts this try from the count of the account.</summary>
    public async Task SucceedAsync(EmailAddress address, string client)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            delete from sign_in_tries where account = @account and client = @client;
            update sign_in_tries set failed = greatest(failed - 1, 0) where account = @account and client = @All
            """, new { account = RandomToken.HashOf(address.Key), client, All });
    }

    /// <summary>Resets the rate limit of this account for all networks.</summary>
    public Task ResetAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, EmailAddress address) =>
        connection.ExecuteAsync("delete from sign_in_tries where account = @account", new { account = RandomToken.HashOf(address.Key) }, transaction);

    private static string Everywhere(string account, bool isKnown) => isKnown ? account : All;
}
