namespace Newsletter.Smtp;

/// <summary>The capabilities that a server announces in its reply to EHLO (RFC 5321, 4.1.1.1).</summary>
/// <param name="Mechanisms">Of AUTH (RFC 4954), in upper case.</param>
internal sealed record SmtpCapabilities(bool StartTls, bool Pipelining, bool Size, IReadOnlySet<string> Mechanisms)
{
    /// <summary>For a server that supports only HELO.</summary>
    public static readonly SmtpCapabilities None = Of("");

    /// <param name="ehlo">The lines of the reply.</param>
    public static SmtpCapabilities Of(string ehlo)
    {
        // Old servers write AUTH=LOGIN, and Exchange X-EXPS for what it also calls AUTH.
        var lines = ehlo.ToUpperInvariant().Split('\n')
            .Select(line => line.Split([' ', '=', '\t'], StringSplitOptions.RemoveEmptyEntries)).Where(words => words.Length > 0).ToList();
        return new SmtpCapabilities(
            Offers("STARTTLS"), Offers("PIPELINING"), Offers("SIZE"),
            lines.Where(words => words[0] is "AUTH" or "X-EXPS").SelectMany(words => words.Skip(1)).ToHashSet());

        bool Offers(string keyword) => lines.Exists(words => words[0] == keyword);
    }
}
