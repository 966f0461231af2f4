using System.Collections.Concurrent;

namespace Newsletter.Mime;

/// <summary>
/// Counts mails that can never be built, by exception type, so the log gets one line instead of one per mail. The exception message is
/// stored only in the row of the delivery, because it may quote an address.
/// </summary>
internal sealed class UnmadeMails
{
    private readonly ConcurrentDictionary<string, int> kinds = new();

    public int Count => kinds.Values.Sum();

    public void Add(Exception failure) => kinds.AddOrUpdate(failure.GetType().Name, 1, (_, count) => count + 1);

    public override string ToString() =>
        string.Join(", ", kinds.OrderByDescending(kind => kind.Value).Select(kind => FormattableString.Invariant($"{kind.Value} by {kind.Key}")));
}
