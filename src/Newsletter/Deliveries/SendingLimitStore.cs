using Dapper;
using Npgsql;

namespace Newsletter.Deliveries;

/// <summary>Token buckets, shared by all processes through the database and in its time. Nothing is asked where nothing is limited.</summary>
public sealed class SendingLimitStore(NpgsqlDataSource database)
{
    /// <summary>A bucket holds what comes in during so many seconds.</summary>
    private const double BurstSeconds = 0.25;

    /// <param name="bucket">Its name.</param>
    /// <param name="rate">Tokens that come in each second.</param>
    /// <returns>How many of those wanted may go now, 0 to <paramref name="wanted"/>.</returns>
    public Task<int> TakeAsync(string bucket, double rate, int wanted) => TakeAsync(bucket, rate, Math.Max(1, rate * BurstSeconds), wanted);

    /// <summary>Takes from what there is for one day.</summary>
    /// <param name="bucket">Its name, with the day in it.</param>
    public Task<int> TakeFromDayAsync(string bucket, int allowance, int wanted) => TakeAsync(bucket, 0, allowance, wanted);

    private async Task<int> TakeAsync(string bucket, double rate, double most, int wanted)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<int>(
            """
            insert into sending_limits (bucket, tokens, refilled_at) values (@bucket, @most, clock_timestamp()) on conflict do nothing;

            with held as (select tokens, refilled_at from sending_limits where bucket = @bucket for update),
            -- Whoever waited for the row may have looked at the clock before the one who had it.
            filled as (select least(@most, tokens + @rate * greatest(0, extract(epoch from clock_timestamp() - refilled_at))) as tokens from held),
            granted as (select tokens, least(@wanted, floor(tokens))::int as count from filled)
            update sending_limits set tokens = granted.tokens - granted.count, refilled_at = clock_timestamp()
            from granted where bucket = @bucket returning granted.count
            """, new { bucket, rate, most, wanted });
    }
}
