namespace Newsletter.Items;

/// <summary>How much of an item a reader sees. Stored in lower case.</summary>
public enum Depth
{
    /// <summary>Title, summary, key takeaway.</summary>
    Brief,

    /// <summary>Brief, plus key insights and in practice.</summary>
    Standard,

    /// <summary>Everything.</summary>
    Full,
}
