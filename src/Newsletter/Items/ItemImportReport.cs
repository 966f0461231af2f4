namespace Newsletter.Items;

/// <summary>The result of an import.</summary>
public sealed record ItemImportReport
{
    /// <summary>Articles that were imported, were stored already, or (in a check) are valid.</summary>
    public List<ImportedItem> Items { get; } = [];

    public List<RejectedItem> Rejected { get; } = [];

    public List<ItemWarning> Warnings { get; } = [];
}

/// <summary>The id and the change are null when the article was only checked.</summary>
public sealed record ImportedItem(long? Id, string Path, string Title, ItemChange? Change);

/// <param name="Line">From 1; null when the file itself could not be read.</param>
public sealed record RejectedItem(string Path, int? Line, string Reason);

public sealed record ItemWarning(string Path, int Line, string Message);
