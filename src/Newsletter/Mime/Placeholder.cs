namespace Newsletter.Mime;

/// <summary>
/// A placeholder in a template, filled in after rendering; templates write <c>@Mark.Name</c>. The values before <see cref="Name"/>
/// differ by composition, the others by reader.
/// </summary>
public enum Placeholder
{
    /// <summary>The items, in order.</summary>
    Items,

    /// <summary>The list of titles; empty for a single item.</summary>
    Titles,

    /// <summary>Number of items, reading time, and the roles they were chosen for.</summary>
    Overview,

    /// <summary>The reader's roles: <c> · for AI Engineers</c>; on a separate line in plain text; empty without roles.</summary>
    Audience,

    /// <summary>Preview text that an inbox shows next to the subject.</summary>
    Preheader,

    /// <summary>In an item: the reasons it was chosen, on one line.</summary>
    Reasons,

    /// <summary>A space and the reader's name, or empty: <c>Hello@(Mark.Name),</c></summary>
    Name,

    UnsubscribeUrl,
    PreferencesUrl,

    /// <summary>URL of this mail in the browser.</summary>
    ViewUrl,
}
