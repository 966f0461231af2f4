using System.Text;

namespace Newsletter.MailCatcher;

/// <summary>
/// Keeps each mail as a file <c>ID.eml</c> that any mail program opens, its envelope in header lines before the message.
/// Several processes may write and read one folder: a file is complete when it appears, because it is renamed.
/// Only this user can read the folder and its files, because mails contain the personal links of their readers.
/// </summary>
public sealed class MailFolder : IMailKeeper
{
    private const string Extension = ".eml";

    // The sender's line comes last and ends the envelope, so that a message which begins with such lines
    // itself cannot add recipients.
    private const string To = "X-Envelope-To: ";
    private const string From = "X-Envelope-From: ";

    private const UnixFileMode Ours = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string path;

    /// <summary>Makes the folder when it is not there.</summary>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public MailFolder(string path)
    {
        this.path = Path.GetFullPath(path);
        Directory.CreateDirectory(this.path, Ours | UnixFileMode.UserExecute);
    }

    /// <summary>How many mails there are now.</summary>
    public int Count() => Ids().Count();

    /// <summary>Newest first. Only the files of this page are read.</summary>
    public async Task<IReadOnlyList<CaughtMail>> ListAsync(int skip, int take, CancellationToken cancellation = default)
    {
        var page = new List<CaughtMail>();
        foreach (var id in Ids().OrderDescending(StringComparer.Ordinal).Skip(skip).Take(take))
        {
            // Deleted since the listing: not on this page.
            if (await OpenAsync(id, cancellation) is { } mail)
            {
                page.Add(mail);
            }
        }

        return page;
    }

    /// <summary>Null when there is no such mail, and for text that is no id.</summary>
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
            await using (var file = new FileStream(unfinished, Whole))
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

    private static FileStreamOptions Whole => new()
    {
        Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0, Options = FileOptions.Asynchronous,
        UnixCreateMode = Ours,
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
                // Not written by us: show it all.
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
