namespace Newsletter.Rendering;

/// <summary>Section <c>Templates</c>.</summary>
public sealed class TemplateOptions
{
    /// <summary>Folder with the operator's templates: each <c>.cshtml</c> file replaces ours of the same name. Null: only ours are used.</summary>
    public string? Directory { get; set; }
}
