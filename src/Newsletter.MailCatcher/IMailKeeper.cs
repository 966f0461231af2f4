namespace Newsletter.MailCatcher;

/// <summary>Storage for caught mails: <see cref="MailMemory"/>, <see cref="MailFolder"/>, or a counter in a load test.</summary>
public interface IMailKeeper
{
    /// <summary>
    /// Stores a mail, before the client gets "250". Must be thread-safe: many connections call it concurrently. An
    /// <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> becomes the reply "452 4.3.1".
    /// </summary>
    ValueTask KeepAsync(CaughtMail mail);
}
