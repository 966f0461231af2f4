using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Newsletter.Smtp;

/// <summary>Why a relay's certificate is not trusted.</summary>
/// <param name="Kind"><c>missing</c>, <c>name</c>, <c>expired</c>, <c>not-yet-valid</c>, <c>revoked</c>, <c>untrusted</c> or <c>invalid</c>.</param>
/// <param name="Reason">A clause for a message.</param>
internal sealed record CertificateProblem(string Kind, string Reason)
{
    public static CertificateProblem Of(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors, string host)
    {
        if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            return new("missing", "it presents no certificate");
        }
        var flags = (chain?.ChainStatus ?? []).Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status);
        // Of several problems, report the one that explains most: an unknown chain says little about the certificate itself.
        return flags.HasFlag(X509ChainStatusFlags.Revoked) ? new("revoked", "its certificate is revoked")
            : flags.HasFlag(X509ChainStatusFlags.NotTimeValid) ? Time(certificate, chain!)
            : errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) ? new("name", $"its certificate is for another name than {host}")
            : (flags & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0
                ? new("untrusted", "its certificate is signed by an authority that this machine does not trust")
            : new("invalid", $"its certificate is not valid: {flags}");
    }

    /// <summary>The validity period of the certificate, or of an authority in its chain.</summary>
    private static CertificateProblem Time(X509Certificate2 certificate, X509Chain chain)
    {
        var at = chain.ChainPolicy.VerificationTime is var time && time == default ? certificate.NotAfter : time;
        var wrong = chain.ChainElements.Select(element => element.Certificate).FirstOrDefault(c => at < c.NotBefore || at > c.NotAfter) ?? certificate;
        return at < wrong.NotBefore
            ? new("not-yet-valid", FormattableString.Invariant(
                $"its certificate, or its authority's, is valid only from {wrong.NotBefore.ToUniversalTime():yyyy-MM-dd}: check the clocks of both machines"))
            : new("expired", FormattableString.Invariant($"its certificate, or its authority's, expired on {wrong.NotAfter.ToUniversalTime():yyyy-MM-dd}"));
    }
}
