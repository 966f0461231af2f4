using Newsletter.Deliveries;
using Newsletter.Smtp;

namespace Newsletter.Sending;

/// <summary>
/// Distributes the mails of a run among several relays: by weight while all of them work, and within each relay's limits.
/// Not thread-safe, except for <see cref="RemoveConnection"/>.
/// </summary>
/// <param name="connections">The relay of each open connection.</param>
internal sealed class RelayBalancer(SendingLimitStore limits, IEnumerable<SmtpRelay> connections, TimeProvider time)
{
    /// <summary>How many mails a relay may be ahead of the others, per unit of its weight.</summary>
    private const int MaxLead = 10;

    private readonly Dictionary<SmtpRelay, Share> shares =
        connections.GroupBy(relay => relay).ToDictionary(g => g.Key, g => new Share { Connections = g.Count() });

    /// <summary>Every relay that still works has reached its daily warm-up limit: nothing more can be sent today.</summary>
    public bool IsDailyLimitReached { get; private set; }

    /// <summary>Removes one connection of a relay. After the last, the other relays take over its share. Thread-safe.</summary>
    public void RemoveConnection(SmtpRelay relay) => Interlocked.Decrement(ref shares[relay].Connections);

    /// <summary>Takes mails from the limits of a relay.</summary>
    /// <returns>The number of mails that the relay may get now: 0 to <paramref name="wanted"/>.</returns>
    public async Task<int> TakeAsync(SmtpRelay relay, int wanted)
    {
        var share = shares[relay];
        wanted = FairShareOf(relay, wanted);
        var granted = wanted;
        if (granted > 0 && relay.MessagesPerSecond is { } rate)
        {
            granted = await limits.TakeAsync($"relay {relay.Name}", rate, granted);
        }
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        if (granted > 0 && relay.AllowanceOn(today) is { } allowance)
        {
            granted = await limits.TakeFromDayAsync($"relay {relay.Name} on {today:yyyy-MM-dd}", allowance, granted);
            share.IsDailyLimitReached = granted == 0;
            IsDailyLimitReached = shares.Values.All(s => s.IsDailyLimitReached || Volatile.Read(ref s.Connections) == 0);
        }
        share.IsLimited = granted < wanted;
        share.Taken += granted;
        return granted;
    }

    /// <summary>The number of mails that a relay may take without getting too far ahead of relays that could take more.</summary>
    private int FairShareOf(SmtpRelay relay, int wanted)
    {
        var others = shares.Where(other => other.Key != relay && Volatile.Read(ref other.Value.Connections) > 0 && !other.Value.IsLimited).ToList();
        if (others.Count == 0)
        {
            return wanted;
        }
        var least = others.Min(other => other.Value.Taken / (double)other.Key.Weight);
        return (int)Math.Clamp(((least + MaxLead) * relay.Weight) - shares[relay].Taken, 0, wanted);
    }

    private sealed class Share
    {
        public int Connections;

        /// <summary>Mails granted in this run.</summary>
        public long Taken;

        /// <summary>Its limits granted less than its share: the other relays do not wait for it.</summary>
        public bool IsLimited;
        public bool IsDailyLimitReached;
    }
}
