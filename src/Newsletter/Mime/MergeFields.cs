namespace Newsletter.Mime;

/// <summary>What only one reader's mail says.</summary>
public sealed record MergeFields
{
    private const int LongestName = 80;

    /// <summary>As the person typed it; null or empty greets without a name.</summary>
    public string? Name { get; init; }

    /// <summary>Links are ours: made, not typed.</summary>
    public required string UnsubscribeUrl { get; init; }

    public required string PreferencesUrl { get; init; }

    public required string ViewUrl { get; init; }

    /// <summary>The text that stands at a mark, on one line.</summary>
    internal string At(Placeholder mark) => mark switch
    {
        Placeholder.Name => Greeted(),
        Placeholder.UnsubscribeUrl => UnsubscribeUrl,
        Placeholder.PreferencesUrl => PreferencesUrl,
        Placeholder.ViewUrl => ViewUrl,
        _ => throw new ArgumentOutOfRangeException(nameof(mark), mark, "Not a personal mark."),
    };

    private string Greeted()
    {
        var name = UntrustedText.OneLine(Name ?? "", LongestName);
        return name.Length > 0 ? " " + name : "";
    }
}
