using Dapper;
using Npgsql;

namespace Newsletter.Deliveries;

/// <summary>Token buckets, shared by all processes through the database and in database time. Not used where nothing is limited.</summary>
public sealed class SendingLimitStore(NpgsqlDataSource database)
{
    /// <summary>Bucket size, in seconds of the rate.</summary>
    private const double BurstSeconds = 0.25;

    /// <param name="bucket">The bucket's name.</param>
    /// <param name="rate">Tokens per second.</param>
    /// <returns>The number of tokens granted now, 0 to <paramref name="wanted"/>.</returns>
    public Task<int> TakeAsync(string bucket, double rate, int wanted) => TakeAsync(bucket, rate, Math.Max(1, rate * BurstSeconds), wanted);

    /// <summary>Takes tokens from a daily allowance.</summary>
    /// <param name="bucket">The bucket's name, including the day.</param>
    public Task<int> TakeFromDayAsync(string bucket, int allowance, int wanted) => TakeAsync(bucket, 0, allowance, wanted);

    private async Task<int> TakeAsync(string bucket, double rate, double most, int wanted)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<int>(
            """
            insert into sending_limits (bucket, tokens, refilled_at) values (@bucket, @most, clock_timestamp()) on conflict do nothing;

            with held as (select tokens, refilled_at from sending_limits where bucket = @bucket for update),
            -- clock_timestamp() after a lock wait may be earlier than refilled_at, hence greatest(0, …).
            filled as (select least(@most, tokens + @rate * greatest(0, extract(epoch from clock_timestamp() - refilled_at))) as tokens from held),
            granted as (select tokens, least(@wanted, floor(tokens))::int as count from filled)
            update sending_limits set tokens = granted.tokens - granted.count, refilled_at = clock_timestamp()
            from granted where bucket = @bucket returning granted.count
            """, new { bucket, rate, most, wanted });
    }
}
