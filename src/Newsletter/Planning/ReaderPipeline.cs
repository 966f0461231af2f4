using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Newsletter.Choosing;
using Newsletter.Deliveries;
using Newsletter.Roles;
using Npgsql;

namespace Newsletter.Planning;

/// <summary>
/// Composes for all readers of a digest, block by block; stores nothing. Reading, composing and the caller run concurrently on a
/// few recycled blocks, so memory does not grow with the number of readers.
/// </summary>
internal sealed class ReaderPipeline
{
    private const int BlocksInTurn = 4;

    private readonly ReaderStore readers;
    private readonly History history;
    private readonly int digestId;
    private readonly DateTimeOffset at;

    // Hashes; equal ones are one cohort or one composition. Collisions of 64 bits are negligible, and the counts are only displayed.
    private readonly List<ulong> cohorts = [];
    private readonly List<ulong> compositions = [];
    private int choices;

    /// <param name="at">Send time of the edition.</param>
    public ReaderPipeline(
        NpgsqlConnection connection, int digestId, PlanInputs inputs, Taxonomy taxonomy,
        IReadOnlyDictionary<int, IReadOnlyList<int>> rolesByLabel, DateTimeOffset at)
    {
        (this.digestId, this.at) = (digestId, at);
        Composer = new Composer(inputs, taxonomy);
        readers = new ReaderStore(connection, Composer, rolesByLabel, at);
        history = new History(connection, Composer.Index);
    }

    public Composer Composer { get; }

    /// <summary>Readers so far with an unknown time zone; their days and hours are computed in UTC.</summary>
    public int UnknownZones { get; private set; }

    public int Cohorts => Distinct(cohorts);

    public int Compositions => Distinct(compositions);

    /// <param name="exceptEdition">The edition that is being planned; 0 for none.</param>
    public async Task OpenAsync(long exceptEdition, CancellationToken cancel)
    {
        await readers.OpenAsync(cancel);
        await history.OpenAsync(digestId, exceptEdition, at, cancel);
    }

    /// <summary>Yields the blocks; each is valid until the next one is requested, then it is recycled.</summary>
    public async IAsyncEnumerable<ReaderBlock> BlocksAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var free = Channel.CreateUnbounded<ReaderBlock>();
        var read = Channel.CreateUnbounded<ReaderBlock>();
        var composed = Channel.CreateUnbounded<ReaderBlock>();
        for (var i = 0; i < BlocksInTurn; i++)
        {
            free.Writer.TryWrite(new ReaderBlock(Composer.Index.Stories.Count));
        }
        var reading = Task.Run(() => ReadAsync(free.Reader, read.Writer, stop.Token), CancellationToken.None);
        var composing = Task.Run(() => ComposeAsync(read.Reader, composed.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var block in composed.Reader.ReadAllAsync(cancel))
            {
                yield return block;
                free.Writer.TryWrite(block);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(reading, composing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>A block with one reader, regardless of status, with the reader's history from other editions.</summary>
    public async Task<ReaderBlock> OneAsync(long subscriberId, long exceptEdition)
    {
        var block = new ReaderBlock(Composer.Index.Stories.Count);
        await history.OpenAsync(digestId, exceptEdition, at, default);
        await readers.ReadOneAsync(block, subscriberId, default);
        await history.ReadAsync(block, default);
        return block;
    }

    private async Task ReadAsync(ChannelReader<ReaderBlock> free, ChannelWriter<ReaderBlock> read, CancellationToken stop)
    {
        Exception? failure = null;
        try
        {
            var after = 0L;
            while (true)
            {
                var block = await free.ReadAsync(stop);
                await readers.ReadAsync(block, digestId, after, stop);
                if (block.Count == 0)
                {
                    return;
                }
                await history.ReadAsync(block, stop);
                after = block.Readers[^1].Id;
                await read.WriteAsync(block, stop);
            }
        }
        catch (Exception e)
        {
            failure = e;
        }
        finally
        {
            read.Complete(failure);
        }
    }

    private async Task ComposeAsync(ChannelReader<ReaderBlock> read, ChannelWriter<ReaderBlock> composed, CancellationToken stop)
    {
        Exception? failure = null;
        try
        {
            await foreach (var block in read.ReadAllAsync(stop))
            {
                Compose(block);
                await composed.WriteAsync(block, stop);
            }
        }
        catch (Exception e)
        {
            failure = e;
        }
        finally
        {
            composed.Complete(failure);
        }
    }

    private void Compose(ReaderBlock block)
    {
        for (var place = 0; place < block.Count; place++)
        {
            ref var reader = ref block.Readers[place];
            var local = reader.Local;
            UnknownZones += local.IsKnown ? 0 : 1;
            reader.IsWanted = (reader.PausedUntil is not { } until || until <= local.Today)
                && (reader.Cadence == Cadence.Every
                    || (IsFarFrom(reader.LastMail, reader) && (reader.NextMail is null || IsFarFrom(reader.NextMail, reader))));
            if (!reader.IsWanted)
            {
                continue;
            }
            if (reader.IsSuppressed)
            {
                reader.SkipReason = SkipReason.Suppressed;
                continue;
            }
            reader.SkipReason = SkipReasonOf(Composer.Compose(block.ProfileOf(reader), block.Seen(place)));
            if (reader.SkipReason is null)
            {
                block.Compose(ref reader, Composer.Numbers);
                reader.DueAt = local.DueAt(reader.Hour);
                compositions.Add(XxHash3.HashToUInt64(block.CompositionOf(reader)));
            }
            cohorts.Add(CohortOf(block, reader, block.Seen(place)));
        }
        block.NewChoices.AddRange(Composer.ChoicesAfter(choices));
        choices += block.NewChoices.Count;
    }

    private static string? SkipReasonOf(CompositionOutcome outcome) => outcome switch
    {
        CompositionOutcome.NothingFits => SkipReason.NothingFits,
        CompositionOutcome.TooFew => SkipReason.TooFew,
        CompositionOutcome.RolledOver => SkipReason.RolledOver,
        _ => null,
    };

    private static bool IsFarFrom(DateTimeOffset? mail, in Reader reader) => CadenceRule.Wants(
        reader.Cadence, reader.Weekday, reader.Local.Today, mail is { } time ? reader.Local.DayOf(time) : null, reader.Local.DayOf(reader.Confirmed));

    /// <summary>A hash of all inputs of <see cref="Composer.Compose"/>.</summary>
    private static ulong CohortOf(ReaderBlock block, in Reader reader, ReadOnlySpan<ulong> seen)
    {
        var flags = (int)reader.TooFew | (reader.HasRoles ? 4 : 0) | (reader.RolledOver ? 8 : 0) | (reader.Depth is { } depth ? ((int)depth + 1) << 4 : 0);
        var kind = (long)reader.Roles | ((long)reader.Topics << 16) | ((long)reader.Muted << 32) | ((long)flags << 48);
        return XxHash3.HashToUInt64(MemoryMarshal.AsBytes(seen), (long)XxHash3.HashToUInt64(MemoryMarshal.AsBytes(block.NumbersOf(reader)), kind));
    }

    private static int Distinct(List<ulong> hashes)
    {
        hashes.Sort();
        var count = Math.Min(1, hashes.Count);
        for (var i = 1; i < hashes.Count; i++)
        {
            count += hashes[i] == hashes[i - 1] ? 0 : 1;
        }
        return count;
    }
}
