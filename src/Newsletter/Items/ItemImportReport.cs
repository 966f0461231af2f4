namespace Newsletter.Items;

/// <summary>What an import did, and to what.</summary>
public sealed record ItemImportReport
{
    /// <summary>Those that came in, were there already, or are good.</summary>
    public List<ImportedItem> Items { get; } = [];

    public List<RejectedItem> Rejected { get; } = [];

    public List<ItemWarning> Warnings { get; } = [];
}

/// <summary>Without id and change when it was only checked.</summary>
public sealed record ImportedItem(long? Id, string Path, string Title, ItemChange? Change);

/// <param name="Line">From 1; null when the file itself could not be read.</param>
public sealed record RejectedItem(string Path, int? Line, string Reason);

public sealed record ItemWarning(string Path, int Line, string Message);
