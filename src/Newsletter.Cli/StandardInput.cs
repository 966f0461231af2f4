namespace Newsletter.Cli;

/// <summary>
/// Standard input whose reads can be cancelled: a blocked read of a pipe cannot be cancelled, so it is abandoned and ends with the process.
/// </summary>
/// <param name="cancel">The token of the command: it cancels every read, whatever token the read is given.</param>
internal sealed class StandardInput(CancellationToken cancel) : Stream
{
    private readonly Stream input = Console.OpenStandardInput();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // A separate buffer: a read that completes after the caller was cancelled must not overwrite memory that has another use by then.
        var read = new byte[buffer.Length];
        var count = await Task.Run(() => input.Read(read), CancellationToken.None).WaitAsync(cancel);
        read.AsSpan(0, count).CopyTo(buffer.Span);
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => input.Read(buffer, offset, count);

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
