namespace Newsletter.Planning;

/// <summary>Goes through a roll call reader by reader, so that two of them can be laid side by side.</summary>
internal sealed class ReaderCursor(ReaderPipeline call, CancellationToken cancel) : IAsyncDisposable
{
    private readonly IAsyncEnumerator<ReaderBlock> blocks = call.BlocksAsync(cancel).GetAsyncEnumerator(cancel);
    private ReaderBlock? block;
    private int place;

    /// <summary>The reader's; above all others at the end, and 0 before <see cref="NextAsync"/>.</summary>
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
