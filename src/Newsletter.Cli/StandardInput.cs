namespace Newsletter.Cli;

/// <summary>
/// Standard input that can be left in the middle: a read of a pipe whose writer says nothing cannot be cancelled, so it is
/// left behind, and ends with the process.
/// </summary>
/// <param name="cancel">Of the command; reads end by it whatever token they are given.</param>
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
        // Of its own: what is read after the caller has left must not be written where something else may be by then.
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
