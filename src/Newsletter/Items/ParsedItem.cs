namespace Newsletter.Items;

/// <summary>The result of parsing one article: its content, or the reason why it was rejected. Never both.</summary>
/// <param name="Line">The line where it begins in its file, from 1.</param>
public sealed record ParsedItem(ItemContent? Content, Finding? Rejection, IReadOnlyList<Finding> Warnings, int Line = 1)
{
    public static ParsedItem Rejected(int line, string reason) => new(null, new Finding(line, reason), [], line);
}

/// <summary>A message about a line of a file. Lines count from 1.</summary>
public sealed record Finding(int Line, string Message);

/// <summary>Thrown by the parsers, caught by <see cref="ItemFile"/>: this article is invalid, the next one may be valid.</summary>
internal sealed class NotAnItem(int line, string reason) : Exception(reason)
{
    public int Line { get; } = line;
}
