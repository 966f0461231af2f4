namespace Newsletter.Rendering;

/// <summary>What is shown under a brand.</summary>
public interface IBranded
{
    BrandOptions Brand { get; }
}

/// <summary>What every mail of ours says about itself, whatever it is for.</summary>
public abstract record LetterModel : IBranded
{
    /// <summary>What this comes from: the digest's name, or the newsletter's.</summary>
    public required string Name { get; init; }

    /// <summary>BCP 47: <c>en</c>. A language that is written from right to left turns the whole mail.</summary>
    public string Language { get; init; } = "en";

    /// <summary>Our site, absolute http(s).</summary>
    public required string PublicUrl { get; init; }

    /// <summary>Required by law in many countries; empty leaves it out.</summary>
    public required string PostalAddress { get; init; }

    public BrandOptions Brand { get; init; } = BrandOptions.Default;
}

/// <summary>The frame of a digest: what is the same for all readers of an edition.</summary>
public sealed record DigestModel : LetterModel
{
    /// <summary>As it is to be read: <c>Monday, 2 March 2026</c>.</summary>
    public required string Date { get; init; }

    /// <summary>Some words of the editor's about this edition, paragraphs divided by a blank line.</summary>
    public string? Intro { get; init; }

    /// <summary>The intro greets the reader itself.</summary>
    public bool IsGreeted => Salutation.Opens(Intro);

    /// <summary>Says at the top that this is a test.</summary>
    public bool IsTest { get; init; }
}

/// <summary>A mail with one thing to do.</summary>
public sealed record NoticeModel : LetterModel
{
    /// <summary>Where its one button leads, absolute http(s).</summary>
    public required string Url { get; init; }
}
