using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Newsletter.MailCatcher;

/// <summary>The bytes of one connection. Replies gather until the client has to be waited for: one packet answers a pipelined group (RFC 2920).</summary>
internal sealed class Wire : IAsyncDisposable
{
    /// <summary>With its CRLF. RFC 5321 asks for 512, AUTH (RFC 4954) and long paths for more.</summary>
    public const int MaxLineBytes = 4096;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);
    private static readonly StreamPipeReaderOptions ReaderOptions = new(bufferSize: 64 * 1024, leaveOpen: true);
    private static readonly StreamPipeWriterOptions WriterOptions = new(leaveOpen: true);

    private readonly TimeSpan patience;
    private readonly CancellationTokenSource limit;
    private Stream stream;
    private PipeReader reader;
    private PipeWriter writer;

    public Wire(Socket socket, TimeSpan patience, CancellationToken stopping)
    {
        this.patience = patience;
        limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        stream = new NetworkStream(socket, ownsSocket: true);
        reader = PipeReader.Create(stream, ReaderOptions);
        writer = PipeWriter.Create(stream, WriterOptions);
    }

    public bool IsSecure => stream is SslStream;

    /// <summary>Writes a reply; "\n" in the text makes it one of several lines.</summary>
    public void Reply(int code, string text)
    {
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            Encoding.UTF8.GetBytes($"{code}{(i == lines.Length - 1 ? ' ' : '-')}{lines[i]}\r\n", writer);
        }
    }

    public async ValueTask FlushAsync() => await writer.FlushAsync(limit.Token);

    /// <summary>Sends what is left to say and "421", also when the limit is over, but without waiting long for a client that doesn't read.</summary>
    public async ValueTask SayGoodbyeAsync(string text)
    {
        Reply(421, text);
        using var moment = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try
        {
            await writer.FlushAsync(moment.Token);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // Nobody listens any more.
        }
    }

    /// <summary>
    /// The next line without its end. Null: the client has closed.
    /// Empty, which is no command either: too long, not UTF-8, or with control characters.
    /// </summary>
    public async ValueTask<string?> ReadLineAsync()
    {
        // For the whole line: one byte a minute must not hold a connection for ever.
        limit.CancelAfter(patience);
        var isTooLong = false;
        while (true)
        {
            var result = await ReadAsync();
            var buffer = result.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = buffer.Slice(0, end);
                var text = isTooLong || line.Length >= MaxLineBytes ? "" : TextOf(line);
                reader.AdvanceTo(buffer.GetPosition(1, end));
                return text;
            }

            if (result.IsCompleted)
            {
                return null;
            }

            isTooLong |= buffer.Length >= MaxLineBytes;
            reader.AdvanceTo(isTooLong ? buffer.End : buffer.Start, buffer.End);
        }
    }

    /// <summary>False: the client closed before the final dot.</summary>
    public async ValueTask<bool> ReadBodyAsync(Body body)
    {
        while (true)
        {
            limit.CancelAfter(patience);
            var result = await ReadAsync();
            var isWhole = Take(result.Buffer, body);
            if (isWhole || result.IsCompleted)
            {
                return isWhole;
            }
        }
    }

    /// <summary>Waits until the client has sent something, and leaves it unread.</summary>
    public async ValueTask WaitForInputAsync()
    {
        limit.CancelAfter(patience);
        var result = await ReadAsync();
        reader.AdvanceTo(result.Buffer.Start);
    }

    /// <summary>False: the client had sent more before the handshake, which somebody else may have slipped in (CVE-2011-0411).</summary>
    public async ValueTask<bool> StartTlsAsync(X509Certificate2 certificate)
    {
        await FlushAsync();
        if (reader.TryRead(out var early) && early.Buffer.Length > 0)
        {
            return false;
        }

        var secure = new SslStream(stream, leaveInnerStreamOpen: false);
        stream = secure;
        limit.CancelAfter(patience);
        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, limit.Token);
        reader = PipeReader.Create(secure, ReaderOptions);
        writer = PipeWriter.Create(secure, WriterOptions);
        return true;
    }

    /// <summary>Within the time of a stall the client's silence is not its fault.</summary>
    public async ValueTask StallAsync(TimeSpan time)
    {
        limit.CancelAfter(Timeout.InfiniteTimeSpan);
        await Task.Delay(time, limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        limit.Dispose();
    }

    private ValueTask<ReadResult> ReadAsync() =>
        reader.TryRead(out var result) ? new(result) : FlushAndReadAsync();

    private async ValueTask<ReadResult> FlushAndReadAsync()
    {
        await FlushAsync();
        return await reader.ReadAsync(limit.Token);
    }

    private bool Take(ReadOnlySequence<byte> buffer, Body body)
    {
        var input = new SequenceReader<byte>(buffer);
        var isWhole = body.Take(ref input);
        reader.AdvanceTo(input.Position, isWhole ? input.Position : buffer.End);
        return isWhole;
    }

    private static string TextOf(ReadOnlySequence<byte> line)
    {
        try
        {
            var text = StrictUtf8.GetString(line);
            text = text.EndsWith('\r') ? text[..^1] : text;
            return text.Any(char.IsControl) ? "" : text;
        }
        catch (DecoderFallbackException)
        {
            return "";
        }
    }
}
