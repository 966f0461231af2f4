namespace Newsletter.Rendering;

/// <summary>Section <c>Templates</c>.</summary>
public sealed class TemplateOptions
{
    /// <summary>A folder of the operator's: each <c>.cshtml</c> file in it stands in place of ours of the same name. Not set: ours alone.</summary>
    public string? Directory { get; set; }
}
