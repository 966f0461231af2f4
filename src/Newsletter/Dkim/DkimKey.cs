namespace Newsletter.Dkim;

/// <summary>A key that mails are signed with. Used by many connections at once.</summary>
/// <param name="options">Checked.</param>
public abstract class DkimKey(DkimKeyOptions options)
{
    /// <summary><c>d=</c></summary>
    public string Domain { get; } = options.Domain!;

    /// <summary><c>s=</c></summary>
    public string Selector { get; } = options.Selector!;

    /// <summary><c>a=</c></summary>
    public abstract string Algorithm { get; }

    /// <summary>What must be published (RFC 6376, 3.6.1): <c>v=DKIM1; k=rsa; p=…</c></summary>
    public abstract string Record { get; }

    /// <summary>Where it must be published, as TXT.</summary>
    public string RecordName => $"{Selector}._domainkey.{Domain}";

    /// <summary>Why receivers may think little of it; null when they will not.</summary>
    public virtual string? Weakness => null;

    /// <summary>Octets of a signature.</summary>
    internal abstract int SignatureLength { get; }

    /// <summary>
    /// Whether DMARC takes a signature of this key for one of the sender's: its domain is the sender's, or one of the two is
    /// in the other. (Which of them is the organisation's, only the public suffix list could tell.)
    /// </summary>
    public bool IsAlignedWith(string senderDomain) =>
        $".{senderDomain}".EndsWith($".{Domain}", StringComparison.OrdinalIgnoreCase)
        || $".{Domain}".EndsWith($".{senderDomain}", StringComparison.OrdinalIgnoreCase);

    /// <param name="hash">SHA-256 of the header as it is signed.</param>
    /// <param name="signature">Of <see cref="SignatureLength"/>.</param>
    internal abstract void Sign(ReadOnlySpan<byte> hash, Span<byte> signature);
}
