using System.Net;
using MimeKit;
using Newsletter.MailCatcher;

namespace Newsletter.Benchmarks;

/// <summary>Sizes of what goes over the wire, seen in a catcher before anything is measured: <c>smtp-source</c> sends as much.</summary>
/// <param name="MessageBytes">Of our message, headers and both parts.</param>
/// <param name="HtmlBytes">Of its HTML part, decoded.</param>
/// <param name="Payload">With which <c>smtp-source</c> sends a message as long as ours.</param>
internal sealed record SampleMail(int MessageBytes, int HtmlBytes, int Payload)
{
    private const int SamplePayload = 30_000;

    /// <param name="send">Sends an edition to a port.</param>
    /// <exception cref="Refusal">Invalid: mails that are to be signed are not.</exception>
    public static async Task<SampleMail> LookAsync(bool isSigned, Func<int, Task> send, CancellationToken cancel)
    {
        var memory = new MailMemory();
        await using var catcher = Catcher.Start(new IPEndPoint(IPAddress.Loopback, 0), new CatcherOptions { Keeper = memory });
        await send(catcher.EndPoint.Port);
        var ours = memory.Mails;
        if (isSigned != ours.All(mail => mail.Message.Headers.Contains(HeaderId.DkimSignature)))
        {
            throw Refusal.Invalid(isSigned ? "Mails are not signed: --dkim would measure nothing." : "Mails are signed without --dkim.");
        }
        await Postfix.SendAsync(catcher.EndPoint, 1, SamplePayload, 1, cancel);
        var overhead = memory.Mails[^1].Raw.Length - SamplePayload;
        var bytes = (int)ours.Average(mail => mail.Raw.Length);
        return new SampleMail(bytes, (int)ours.Average(mail => mail.Message.HtmlBody?.Length ?? 0), bytes - overhead);
    }
}
