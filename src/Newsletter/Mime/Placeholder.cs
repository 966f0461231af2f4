namespace Newsletter.Mime;

/// <summary>
/// A place in a template that is filled in after rendering: written as <c>@Mark.Name</c>.
/// Those before <see cref="Name"/> differ by composition, the others by person.
/// </summary>
public enum Placeholder
{
    /// <summary>The items, in order.</summary>
    Items,

    /// <summary>The list of titles; empty for a single item.</summary>
    Titles,

    /// <summary>How many items, how long to read, chosen for whom.</summary>
    Overview,

    /// <summary>For readers with which roles: <c> · for AI Engineers</c>, on a line of its own in plain text; empty without roles.</summary>
    Audience,

    /// <summary>What an inbox shows beside the subject.</summary>
    Preheader,

    /// <summary>In an item: why it was chosen, in one line.</summary>
    Reasons,

    /// <summary>A space and the reader's name, or nothing: <c>Hello@(Mark.Name),</c></summary>
    Name,

    UnsubscribeUrl,
    PreferencesUrl,

    /// <summary>This mail in the browser.</summary>
    ViewUrl,
}
