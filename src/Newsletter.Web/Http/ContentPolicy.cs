namespace Newsletter.Web.Http;

/// <summary>The Content-Security-Policy header: the sources a page may load from and the sites that may frame it. Only Hangfire's pages run scripts.</summary>
/// <param name="Value">The header's value. As metadata of an endpoint, it replaces <see cref="Page"/> in its responses.</param>
public sealed record ContentPolicy(string Value)
{
    public const string Page =
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    /// <summary>A page with a frame of our own in it.</summary>
    public const string PageWithFrame = Page + "; frame-src 'self'";

    private const string MailContent = "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; form-action 'none'; base-uri 'none'";

    /// <summary>A mail as a page: its styles are inline.</summary>
    public const string Mail = MailContent + "; frame-ancestors 'none'";

    /// <summary>Permissions of a frame around a mail: links may open in a new tab.</summary>
    public const string Sandbox = "allow-popups allow-popups-to-escape-sandbox";

    /// <summary>A mail in a frame of our own. The sandbox also holds when it is opened by itself.</summary>
    public const string FramedMail = MailContent + "; frame-ancestors 'self'; sandbox " + Sandbox;

    /// <summary>Hangfire's dashboard loads its scripts from its own files, but its pages have inline styles.</summary>
    public static readonly ContentPolicy Hangfire = new(
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
        + "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'");
}
