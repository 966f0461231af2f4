namespace Newsletter.MailCatcher;

/// <summary>The reply to EHLO: the server's name and its extensions (RFC 5321 section 4.1.1.1).</summary>
internal static class EhloReply
{
    public const string Name = "mail-catcher";

    /// <param name="size">Maximum size of a message, in bytes; announced as SIZE (RFC 1870).</param>
    /// <returns>The name and the extensions, one on each line.</returns>
    public static string Text(int size, bool offersTls, bool offersAuth)
    {
        List<string> lines = [Name, "PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", $"SIZE {size}"];
        if (offersTls)
        {
            lines.Add("STARTTLS");
        }
        if (offersAuth)
        {
            lines.Add("AUTH PLAIN LOGIN");
        }
        return string.Join('\n', lines);
    }
}
