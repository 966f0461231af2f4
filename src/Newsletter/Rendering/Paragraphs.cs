namespace Newsletter.Rendering;

public static class Paragraphs
{
    /// <summary>Splits a text at blank lines. Empty for null or a blank text.</summary>
    public static IReadOnlyList<string> Of(string? text) =>
        (text ?? "").ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
