using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Newsletter.MailCatcher;

/// <summary>
/// Reads and writes one connection. Replies are buffered until the server must wait for input, so a pipelined group of commands is
/// answered in one packet (RFC 2920).
/// </summary>
internal sealed class Wire : IAsyncDisposable
{
    /// <summary>Maximum line length including CRLF. RFC 5321 requires 512; AUTH (RFC 4954) and long paths need more.</summary>
    public const int MaxLineBytes = 4096;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);
    private static readonly StreamPipeReaderOptions ReaderOptions = new(bufferSize: 64 * 1024, leaveOpen: true);
    private static readonly StreamPipeWriterOptions WriterOptions = new(leaveOpen: true);

    private readonly TimeSpan timeout;
    private readonly CancellationTokenSource deadline;
    private Stream stream;
    private PipeReader reader;
    private PipeWriter writer;

    public Wire(Socket socket, TimeSpan timeout, CancellationToken stopping)
    {
        this.timeout = timeout;
        deadline = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        stream = new NetworkStream(socket, ownsSocket: true);
        reader = PipeReader.Create(stream, ReaderOptions);
        writer = PipeWriter.Create(stream, WriterOptions);
    }

    public bool IsSecure => stream is SslStream;

    /// <summary>Adds a reply to the buffer; "\n" in the text makes a multiline reply.</summary>
    public void Reply(int code, string text)
    {
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            Encoding.UTF8.GetBytes($"{code}{(i == lines.Length - 1 ? ' ' : '-')}{lines[i]}\r\n", writer);
        }
    }

    public async ValueTask FlushAsync() => await writer.FlushAsync(deadline.Token);

    /// <summary>Sends the buffered replies and "421", even after the timeout. Waits at most one second for a client that does not read.</summary>
    public async ValueTask SayGoodbyeAsync(string text)
    {
        Reply(421, text);
        using var goodbyeTimeout = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try
        {
            await writer.FlushAsync(goodbyeTimeout.Token);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // The client has disconnected or does not read.
        }
    }

    /// <summary>
    /// The next line without its line end. Null: the client has closed the connection. Empty, which is not a valid command: the line is too
    /// long, not UTF-8, or has control characters.
    /// </summary>
    public async ValueTask<string?> ReadLineAsync()
    {
        // The timeout is for the whole line: a client that sends one byte per minute must not keep a connection open forever.
        deadline.CancelAfter(timeout);
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

    /// <returns>False if the client closed the connection before the final dot.</returns>
    public async ValueTask<bool> ReadBodyAsync(Body body)
    {
        while (true)
        {
            deadline.CancelAfter(timeout);
            var result = await ReadAsync();
            var isWhole = Take(result.Buffer, body);
            if (isWhole || result.IsCompleted)
            {
                return isWhole;
            }
        }
    }

    /// <summary>Waits until the client has sent data, without consuming it.</summary>
    public async ValueTask WaitForInputAsync()
    {
        deadline.CancelAfter(timeout);
        var result = await ReadAsync();
        reader.AdvanceTo(result.Buffer.Start);
    }

    /// <returns>False if the client sent data before the handshake, which an attacker may have injected (CVE-2011-0411).</returns>
    public async ValueTask<bool> StartTlsAsync(X509Certificate2 certificate)
    {
        await FlushAsync();
        if (reader.TryRead(out var early) && early.Buffer.Length > 0)
        {
            return false;
        }

        var secure = new SslStream(stream, leaveInnerStreamOpen: false);
        stream = secure;
        deadline.CancelAfter(timeout);
        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, deadline.Token);
        reader = PipeReader.Create(secure, ReaderOptions);
        writer = PipeWriter.Create(secure, WriterOptions);
        return true;
    }

    /// <summary>Waits for a scripted stall, with the client's timeout suspended.</summary>
    public async ValueTask StallAsync(TimeSpan time)
    {
        deadline.CancelAfter(Timeout.InfiniteTimeSpan);
        await Task.Delay(time, deadline.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        deadline.Dispose();
    }

    private ValueTask<ReadResult> ReadAsync() =>
        reader.TryRead(out var result) ? new(result) : FlushAndReadAsync();

    private async ValueTask<ReadResult> FlushAndReadAsync()
    {
        await FlushAsync();
        return await reader.ReadAsync(deadline.Token);
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
