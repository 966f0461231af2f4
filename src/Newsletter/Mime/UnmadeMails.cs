using System.Collections.Concurrent;

namespace Newsletter.Mime;

/// <summary>
/// Counts mails that can never be made, by the kind of failure: for one line in the log in place of one each. What an
/// exception says stays with its row: it may quote an address.
/// </summary>
internal sealed class UnmadeMails
{
    private readonly ConcurrentDictionary<string, int> kinds = new();

    public int Count => kinds.Values.Sum();

    public void Add(Exception failure) => kinds.AddOrUpdate(failure.GetType().Name, 1, (_, count) => count + 1);

    public override string ToString() =>
        string.Join(", ", kinds.OrderByDescending(kind => kind.Value).Select(kind => FormattableString.Invariant($"{kind.Value} by {kind.Key}")));
}
