using System.Text;

namespace Newsletter.MailCatcher;

/// <summary>
/// Stores each mail as a file <c>ID.eml</c>, which any mail program can open, with the envelope in header lines before the message.
/// Several processes may write to and read from the same folder: each file is written under a temporary name and renamed when complete.
/// Only this user can read the folder and its files, because mails contain the personal links of their readers.
/// </summary>
public sealed class MailFolder : IMailKeeper
{
    private const string Extension = ".eml";

    // The sender's line is last and ends the envelope, so a message that itself begins with such lines cannot add recipients.
    private const string To = "X-Envelope-To: ";
    private const string From = "X-Envelope-From: ";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string path;

    /// <summary>Creates the folder if it is missing.</summary>
    /// <exception cref="IOException">The folder cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">This user has no permission to create it.</exception>
    public MailFolder(string path)
    {
        this.path = Path.GetFullPath(path);
        Directory.CreateDirectory(this.path, OwnerOnly | UnixFileMode.UserExecute);
    }

    /// <summary>Current number of mails.</summary>
    public int Count() => Ids().Count();

    /// <summary>One page of mails, newest first. Reads only the files of this page.</summary>
    public async Task<IReadOnlyList<CaughtMail>> ListAsync(int skip, int take, CancellationToken cancellation = default)
    {
        var page = new List<CaughtMail>();
        foreach (var id in Ids().OrderDescending(StringComparer.Ordinal).Skip(skip).Take(take))
        {
            // Race: a file that was deleted after the listing is skipped.
            if (await OpenAsync(id, cancellation) is { } mail)
            {
                page.Add(mail);
            }
        }

        return page;
    }

    /// <summary>Reads a mail. Null if there is no such mail, or the text is not an id.</summary>
    public async Task<CaughtMail?> OpenAsync(string id, CancellationToken cancellation = default)
    {
        if (CaughtMail.TimeOf(id) is null)
        {
            return null;
        }

        try
        {
            return Read(id, await File.ReadAllBytesAsync(FileOf(id), cancellation));
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public async ValueTask KeepAsync(CaughtMail mail)
    {
        var envelope = new StringBuilder();
        foreach (var recipient in mail.Recipients)
        {
            envelope.Append(To).Append(recipient).Append("\r\n");
        }

        envelope.Append(From).Append(mail.From).Append("\r\n");

        var unfinished = Path.Combine(path, mail.Id + ".tmp");
        try
        {
            await using (var file = new FileStream(unfinished, NewFile))
            {
                await file.WriteAsync((byte[])[.. Encoding.UTF8.GetBytes(envelope.ToString()), .. mail.Raw]);
            }

            File.Move(unfinished, FileOf(mail.Id));
        }
        catch (IOException)
        {
            File.Delete(unfinished);
            throw;
        }
    }

    private static FileStreamOptions NewFile => new()
    {
        Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0, Options = FileOptions.Asynchronous,
        UnixCreateMode = OwnerOnly,
    };

    private static CaughtMail Read(string id, byte[] file)
    {
        var recipients = new List<string>();
        var rest = file.AsSpan();
        while (true)
        {
            var end = rest.IndexOf("\r\n"u8);
            var line = Encoding.UTF8.GetString(end < 0 ? [] : rest[..end]);
            if (line.StartsWith(From, StringComparison.Ordinal))
            {
                return new CaughtMail(id, line[From.Length..], recipients, rest[(end + 2)..].ToArray());
            }

            if (!line.StartsWith(To, StringComparison.Ordinal))
            {
                // Not written by this class: show the whole file.
                return new CaughtMail(id, "", [], file);
            }

            recipients.Add(line[To.Length..]);
            rest = rest[(end + 2)..];
        }
    }

    private IEnumerable<string> Ids() =>
        Directory.EnumerateFiles(path, "*" + Extension)
            .Select(file => Path.GetFileNameWithoutExtension(file)!)
            .Where(id => CaughtMail.TimeOf(id) is not null);

    private string FileOf(string id) => Path.Combine(path, id + Extension);
}
