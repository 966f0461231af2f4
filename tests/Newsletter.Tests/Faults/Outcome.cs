using Newsletter.Deliveries;

namespace Newsletter.Tests.Faults;

/// <summary>What became of deliveries so far; skipped ones are not counted.</summary>
internal readonly record struct Outcome(long Sent, long Deferred = 0, long Failed = 0, long Uncertain = 0, long Due = 0)
{
    public static Outcome Of(DeliveryAccount account) => new(account.Sent, account.Deferred, account.Failed, account.Uncertain, account.Due);
}
