namespace Newsletter.Rendering;

/// <summary>A model that is rendered with a brand.</summary>
public interface IBranded
{
    BrandOptions Brand { get; }
}

/// <summary>Data that every mail contains.</summary>
public abstract record LetterModel : IBranded
{
    /// <summary>Name of the digest or of the newsletter.</summary>
    public required string Name { get; init; }

    /// <summary>BCP 47 tag: <c>en</c>. A right-to-left language changes the direction of the whole mail.</summary>
    public string Language { get; init; } = "en";

    /// <summary>URL of this site, absolute http(s).</summary>
    public required string PublicUrl { get; init; }

    /// <summary>Required by law in many countries; omitted if empty.</summary>
    public required string PostalAddress { get; init; }

    public BrandOptions Brand { get; init; } = BrandOptions.Default;
}

/// <summary>Data for the frame of a digest mail, equal for all readers of an edition.</summary>
public sealed record DigestModel : LetterModel
{
    /// <summary>Display text: <c>Monday, 2 March 2026</c>.</summary>
    public required string Date { get; init; }

    /// <summary>The editor's introduction to this edition; paragraphs are separated by blank lines.</summary>
    public string? Intro { get; init; }

    /// <summary>True if the intro begins with a greeting.</summary>
    public bool IsGreeted => Salutation.Opens(Intro);

    /// <summary>Shows a notice at the top that this is a test mail.</summary>
    public bool IsTest { get; init; }
}

/// <summary>A mail with a single call to action.</summary>
public sealed record NoticeModel : LetterModel
{
    /// <summary>Target of the button, absolute http(s).</summary>
    public required string Url { get; init; }
}
