namespace Newsletter.Items;

/// <summary>
/// What reading one article gave: its content, or the reason why it is none. Never both.
/// </summary>
/// <param name="Line">Where it begins in its file, from 1.</param>
public sealed record ParsedItem(ItemContent? Content, Finding? Rejection, IReadOnlyList<Finding> Warnings, int Line = 1)
{
    public static ParsedItem Rejected(int line, string reason) => new(null, new Finding(line, reason), [], line);
}

/// <summary>Something to say about a line of a file, from 1.</summary>
public sealed record Finding(int Line, string Message);

/// <summary>Thrown by the parsers, caught by <see cref="ItemFile"/>: the article at hand is not one, the next may be.</summary>
internal sealed class NotAnItem(int line, string reason) : Exception(reason)
{
    public int Line { get; } = line;
}
