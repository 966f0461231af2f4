namespace Newsletter.Dkim;

/// <summary>A key for signing mails. Thread-safe: many connections use it concurrently.</summary>
/// <param name="options">Must be validated by <c>DkimKeyOptions.Checked</c>.</param>
public abstract class DkimKey(DkimKeyOptions options)
{
    /// <summary><c>d=</c></summary>
    public string Domain { get; } = options.Domain!;

    /// <summary><c>s=</c></summary>
    public string Selector { get; } = options.Selector!;

    /// <summary><c>a=</c></summary>
    public abstract string Algorithm { get; }

    /// <summary>Content of the TXT record to publish (RFC 6376, 3.6.1): <c>v=DKIM1; k=rsa; p=…</c></summary>
    public abstract string Record { get; }

    /// <summary>Name of the TXT record to publish.</summary>
    public string RecordName => $"{Selector}._domainkey.{Domain}";

    /// <summary>Reason why receivers may not trust the key; null if there is none.</summary>
    public virtual string? Weakness => null;

    /// <summary>Length of a signature in bytes.</summary>
    internal abstract int SignatureLength { get; }

    /// <summary>
    /// True if the key's domain is aligned with the sender's for DMARC: the domains are equal, or one is a subdomain of the other. (An
    /// exact check of the organisational domain would need the public suffix list.)
    /// </summary>
    public bool IsAlignedWith(string senderDomain) =>
        $".{senderDomain}".EndsWith($".{Domain}", StringComparison.OrdinalIgnoreCase)
        || $".{Domain}".EndsWith($".{senderDomain}", StringComparison.OrdinalIgnoreCase);

    /// <param name="hash">SHA-256 of the signed header, 32 bytes.</param>
    /// <param name="signature">Receives <see cref="SignatureLength"/> bytes.</param>
    internal abstract void Sign(ReadOnlySpan<byte> hash, Span<byte> signature);
}
