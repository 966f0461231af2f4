namespace Newsletter.MailCatcher;

/// <summary>Where caught mails go: <see cref="MailMemory"/>, <see cref="MailFolder"/>, or a count in a load test.</summary>
public interface IMailKeeper
{
    /// <summary>
    /// Keeps a mail before the client is told "250". Called from many connections at once.
    /// An <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> becomes the reply "452 4.3.1".
    /// </summary>
    ValueTask KeepAsync(CaughtMail mail);
}
