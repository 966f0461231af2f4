namespace Newsletter.Planning;

/// <summary>Reads a <see cref="ReaderPipeline"/> reader by reader, so that two of them can be compared side by side.</summary>
internal sealed class ReaderCursor(ReaderPipeline pipeline, CancellationToken cancel) : IAsyncDisposable
{
    private readonly IAsyncEnumerator<ReaderBlock> blocks = pipeline.BlocksAsync(cancel).GetAsyncEnumerator(cancel);
    private ReaderBlock? block;
    private int place;

    /// <summary>The current reader's id; <see cref="long.MaxValue"/> at the end, 0 before the first <see cref="NextAsync"/>.</summary>
    public long Id { get; private set; }

    public ReaderBlock Block => block!;

    public ref Reader Reader => ref Block.Readers[place];

    public async ValueTask NextAsync()
    {
        if (block is null || ++place == block.Count)
        {
            (block, place) = (await blocks.MoveNextAsync() ? blocks.Current : null, 0);
        }
        Id = block is null ? long.MaxValue : Reader.Id;
    }

    public ValueTask DisposeAsync() => blocks.DisposeAsync();
}
