using Npgsql;
using NpgsqlTypes;

namespace Newsletter.Benchmarks;

/// <summary>
/// Subscribers, written by COPY: 1 to 3 roles, 0 to 10 topics, few with wishes about cadence, depth or too few items,
/// and every 300th suppressed. In the worst case all are different: no two share their topics, few share their roles.
/// </summary>
internal sealed class Population(NpgsqlDataSource database, Audience audience, bool worst)
{
    private const int SuppressedEach = 300;

    private static readonly string[] Zones =
    [
        "Europe/Berlin", "America/New_York", "UTC", "America/Los_Angeles", "Europe/London", "Asia/Kolkata", "America/Sao_Paulo",
        "Asia/Tokyo", "Europe/Paris", "Australia/Sydney", "Asia/Singapore", "Africa/Lagos",
    ];

    private readonly Zipf zones = new(Zones.Length, 1);

    /// <param name="from">Number of the first, from 0.</param>
    /// <param name="to">Number after the last.</param>
    public async Task WriteAsync(int from, int to, DateTimeOffset now, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using (var copy = await connection.BeginBinaryImportAsync(
            """
            copy subscribers (email, email_key, name, status, label_ids, topics, muted_topics, cadence, weekday, timezone, hour, depth,
                              too_few, consent, created_at, confirmed_at) from stdin (format binary)
            """, cancel))
        {
            for (var i = from; i < to; i++)
            {
                await WriteAsync(copy, i, now, cancel);
            }
            await copy.CompleteAsync(cancel);
        }
        await using var suppressed = await connection.BeginBinaryImportAsync(
            "copy suppressions (email_key, reason, created_at) from stdin (format binary)", cancel);
        for (var i = from; i < to; i++)
        {
            if (i % SuppressedEach == SuppressedEach - 1)
            {
                await suppressed.StartRowAsync(cancel);
                await suppressed.WriteAsync(Address(i), NpgsqlDbType.Text, cancel);
                await suppressed.WriteAsync("bounced", NpgsqlDbType.Text, cancel);
                await suppressed.WriteAsync(now, NpgsqlDbType.TimestampTz, cancel);
            }
        }
        await suppressed.CompleteAsync(cancel);
    }

    private async Task WriteAsync(NpgsqlBinaryImporter copy, int i, DateTimeOffset now, CancellationToken cancel)
    {
        var random = new Random(Seed.Of("reader", i));
        var (roles, topics) = worst ? Unique(i) : Drawn(random);
        var muted = random.Next(10) == 0 ? audience.TopicWeights.Draw(random, random.Next(1, 4)).Except(topics).ToArray() : [];
        var cadence = worst ? "every" : random.Next(100) switch { < 85 => "every", < 93 => "weekly", < 98 => "monthly", < 99 => "daily", _ => "paused" };
        await copy.StartRowAsync(cancel);
        await copy.WriteAsync(Address(i), NpgsqlDbType.Text, cancel);
        await copy.WriteAsync(Address(i), NpgsqlDbType.Text, cancel);
        await TextAsync(random.Next(3) == 0 ? null : $"Reader {i}");
        await copy.WriteAsync("confirmed", NpgsqlDbType.Text, cancel);
        await copy.WriteAsync(roles.Select(place => audience.Labels[place].Id).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Integer, cancel);
        await copy.WriteAsync(TextsOf(topics), NpgsqlDbType.Array | NpgsqlDbType.Text, cancel);
        await copy.WriteAsync(TextsOf(muted), NpgsqlDbType.Array | NpgsqlDbType.Text, cancel);
        await copy.WriteAsync(cadence, NpgsqlDbType.Text, cancel);
        await NumberAsync(cadence == "weekly" ? random.Next(7) : null);
        await copy.WriteAsync(Zones[zones.Draw(random)], NpgsqlDbType.Text, cancel);
        await NumberAsync(random.Next(10) < 6 ? null : random.Next(5, 22));
        await TextAsync(random.Next(100) switch { < 85 => null, < 90 => "brief", < 95 => "standard", _ => "full" });
        await TextAsync(random.Next(100) switch { < 90 => null, < 94 => "skip", < 98 => "widen", _ => "roll_over" });
        await copy.WriteAsync("benchmark", NpgsqlDbType.Text, cancel);
        await copy.WriteAsync(now, NpgsqlDbType.TimestampTz, cancel);
        await copy.WriteAsync(now, NpgsqlDbType.TimestampTz, cancel);

        Task TextAsync(string? text) => text is null ? copy.WriteNullAsync(cancel) : copy.WriteAsync(text, NpgsqlDbType.Text, cancel);
        Task NumberAsync(int? number) => number is null ? copy.WriteNullAsync(cancel) : copy.WriteAsync((short)number, NpgsqlDbType.Smallint, cancel);
    }

    /// <summary>Places of roles and topics, as people choose.</summary>
    private (int[] Roles, int[] Topics) Drawn(Random random)
    {
        var roles = random.Next(10) switch { < 6 => 1, < 9 => 2, _ => 3 };
        // A third of the people follow no topic.
        var topics = random.Next(3) == 0 ? 0 : random.Next(1, 11);
        return (audience.RoleWeights.Draw(random, roles), audience.TopicWeights.Draw(random, topics));
    }

    /// <summary>Three of the first half of topics and three of the second: a pair that occurs once. Multipliers spread neighbours.</summary>
    private static (int[] Roles, int[] Topics) Unique(int i)
    {
        const int Half = Audience.TopicCount / 2;
        var halves = Combination.Count(Half);
        var first = Combination.OfThree(i * 31L % halves);
        var second = Combination.OfThree((i + (i / halves)) % halves);
        return (Combination.OfThree(i * 7919L % Combination.Count(Audience.RoleCount)), [.. first, .. second.Select(place => place + Half)]);
    }

    private string[] TextsOf(int[] places) => places.Select(place => audience.Topics[place]).ToArray();

    private static string Address(int i) => $"reader{i}@{i % 1000}.example.org";
}
