using System.Text;
using MimeKit;
using Newsletter.Mime;

namespace Newsletter.Tests.Mime;

/// <summary>A message as it leaves for the server, and what must hold of it.</summary>
public static class WireForm
{
    public static async Task<string> OfAsync(MimeMessage message)
    {
        var options = FormatOptions.Default.Clone();
        options.NewLineFormat = NewLineFormat.Dos;
        using var stream = new MemoryStream();
        await message.WriteToAsync(options, stream);
        using var written = new MemoryStream();
        message.WriteTo(options, written);
        Assert.Equal(stream.ToArray(), written.ToArray());
        return Encoding.Latin1.GetString(stream.ToArray());
    }

    public static string Of(WireMail mail) => Encoding.Latin1.GetString(mail.ToArray());

    public static MimeMessage Parse(string wire) => MimeMessage.Load(new MemoryStream(Encoding.Latin1.GetBytes(wire)));

    /// <summary>CRLF and nothing else ends a line; at most 76 octets; nothing for SMTP to stuff; nothing but ASCII.</summary>
    public static void Check(string content)
    {
        Assert.True(content.Length == 0 || content.EndsWith("\r\n", StringComparison.Ordinal));
        Assert.All(content.Split("\r\n"), line =>
        {
            Assert.InRange(line.Length, 0, 76);
            Assert.DoesNotContain('\r', line);
            Assert.DoesNotContain('\n', line);
            Assert.False(line.StartsWith('.'));
            Assert.False(line.StartsWith("From ", StringComparison.Ordinal));
            Assert.False(line.EndsWith(' ') || line.EndsWith('\t'));
            Assert.True(Ascii.IsValid(line));
        });
    }

    public static string ContentOf(string wire) => wire[(wire.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
}
