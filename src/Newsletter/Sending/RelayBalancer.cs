using Newsletter.Deliveries;
using Newsletter.Smtp;

namespace Newsletter.Sending;

/// <summary>
/// How many mails each of several relays may be handed now, so that each gets its share by weight while all of them work, and
/// none more than its limits allow. One caller uses it at a time, but for <see cref="Leave"/>.
/// </summary>
internal sealed class RelayBalancer(SendingLimitStore limits, IEnumerable<SmtpRelay> connections, TimeProvider time)
{
    /// <summary>How far ahead of the others a relay may be, for each unit of its weight.</summary>
    private const int Ahead = 10;

    private readonly Dictionary<SmtpRelay, Share> shares = connections.GroupBy(relay => relay).ToDictionary(g => g.Key, g => new Share { Connections = g.Count() });

    /// <summary>The day's allowance of every relay that still works is used up: there is no use in waiting.</summary>
    public bool IsSpent { get; private set; }

    /// <summary>One of a relay's connections works no more. When it was the last, the others take its share.</summary>
    public void Leave(SmtpRelay relay) => Interlocked.Decrement(ref shares[relay].Connections);

    /// <returns>How many of those wanted it may have now.</returns>
    public async Task<int> TakeAsync(SmtpRelay relay, int wanted)
    {
        var share = shares[relay];
        var others = shares.Where(other => other.Key != relay && Volatile.Read(ref other.Value.Connections) > 0 && !other.Value.IsLimited).ToList();
        if (others.Count > 0)
        {
            var least = others.Min(other => other.Value.Taken / (double)other.Key.Weight);
            wanted = (int)Math.Clamp(((least + Ahead) * relay.Weight) - share.Taken, 0, wanted);
        }
        var granted = wanted;
        if (granted > 0 && relay.MessagesPerSecond is { } rate)
        {
            granted = await limits.TakeAsync($"relay {relay.Name}", rate, granted);
        }
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        if (granted > 0 && relay.AllowanceOn(today) is { } allowance)
        {
            granted = await limits.TakeFromDayAsync($"relay {relay.Name} on {today:yyyy-MM-dd}", allowance, granted);
            share.IsSpent = granted == 0;
            IsSpent = shares.Values.All(s => s.IsSpent || Volatile.Read(ref s.Connections) == 0);
        }
        share.IsLimited = granted < wanted;
        share.Taken += granted;
        return granted;
    }

    private sealed class Share
    {
        public int Connections;
        public long Taken;

        /// <summary>It got less than it could have had: the others need not wait for it.</summary>
        public bool IsLimited;
        public bool IsSpent;
    }
}
