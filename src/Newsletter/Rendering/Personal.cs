namespace Newsletter.Rendering;

/// <summary>What only one reader's mail says.</summary>
public sealed record Personal
{
    private const int LongestName = 80;

    /// <summary>As the person typed it; null or empty greets without a name.</summary>
    public string? Name { get; init; }

    public required string UnsubscribeUrl { get; init; }

    public required string PreferencesUrl { get; init; }

    public required string ViewUrl { get; init; }

    /// <summary>The text that stands at a mark, cleaned and on one line.</summary>
    internal string At(Mark mark)
    {
        var text = OutsideText.OneLine(mark switch
        {
            Mark.Name => Name ?? "",
            Mark.UnsubscribeUrl => UnsubscribeUrl,
            Mark.PreferencesUrl => PreferencesUrl,
            Mark.ViewUrl => ViewUrl,
            _ => throw new ArgumentOutOfRangeException(nameof(mark), mark, "Not a personal mark."),
        }, mark == Mark.Name ? LongestName : int.MaxValue);
        return mark == Mark.Name && text.Length > 0 ? " " + text : text;
    }
}
