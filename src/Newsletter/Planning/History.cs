using Newsletter.Choosing;
using Newsletter.Database;
using Npgsql;

namespace Newsletter.Planning;

/// <summary>
/// The items that readers got, or will get, from other editions, read from deliveries and their compositions alone. Items of failed
/// and skipped deliveries are available again, and so are those of a cancelled edition. See <see cref="HistoryPageStore"/>.
/// </summary>
internal sealed class History(NpgsqlConnection connection, CandidateIndex index)
{
    private const int NoStory = -1;

    private readonly HistoryStore store = new(connection);
    private readonly Dictionary<long, PastEdition> editions = [];
    private long lastOfDigest;
    private DateTimeOffset at;

    /// <summary>Loads the relevant editions: those with a story of the candidates, and those close enough in time to affect a cadence.</summary>
    /// <param name="at">Send time of the edition that is being planned.</param>
    public async Task OpenAsync(int digestId, long exceptEdition, DateTimeOffset at, CancellationToken cancel)
    {
        this.at = at;
        await store.DisableJitAsync(cancel);
        lastOfDigest = await store.LastOfDigestAsync(digestId, exceptEdition, cancel);
        var items = await store.ItemsOfStoriesAsync(index.Stories.Keys.ToArray(), cancel);
        var storyOf = items.ToDictionary(item => item.Id, item => index.Stories[item.Story]);
        var first = items.Select(item => item.ImportedAt).DefaultIfEmpty(DateTimeOffset.MaxValue.ToUniversalTime()).Min();
        var past = await store.EditionsAsync(
            exceptEdition, lastOfDigest, first, at.AddDays(-CadenceRule.LongestDays), at.AddDays(CadenceRule.LongestDays), cancel);
        foreach (var edition in past)
        {
            edition.StoryOf = [NoStory, .. edition.ChoiceItems.Select(item => storyOf.GetValueOrDefault(item, NoStory))];
            if (edition.Id == lastOfDigest || Math.Abs((edition.At - at).TotalDays) <= CadenceRule.LongestDays
                || edition.StoryOf.Any(story => story != NoStory))
            {
                editions[edition.Id] = edition;
            }
        }
    }

    /// <summary>Sets for each reader of the block the stories seen, the nearest mails before and after, and whether items were rolled over.</summary>
    public async Task ReadAsync(ReaderBlock block, CancellationToken cancel)
    {
        block.ClearSeen();
        if (editions.Count == 0)
        {
            return;
        }
        var select = HistoryPageStore.Select(
            [.. editions.Values.Where(e => e.IsPacked).Select(e => e.Id)], [.. editions.Values.Where(e => !e.IsPacked).Select(e => e.Id)],
            block.Readers[0].Id, block.Readers[^1].Id);
        await using var rows = await CopyReader.OpenAsync(connection, 3, select, cancel);
        while (await rows.ReadAsync(cancel))
        {
            Note(block, editions[rows.Int64(0)], new HistoryPage(rows.Int64(1), rows.Bytes(2)));
        }
    }

    private void Note(ReaderBlock block, PastEdition edition, HistoryPage page)
    {
        var (first, last) = (block.Readers[0].Id, block.Readers[^1].Id);
        var near = 0;
        while (page.MoveNext())
        {
            // The first and last page also contain readers outside the block.
            if (page.SubscriberId < first || page.SubscriberId > last || block.PlaceOf(page.SubscriberId, near) is not (>= 0 and var place))
            {
                continue;
            }
            near = place;
            if (!page.Composition.IsEmpty)
            {
                Note(block, place, edition, page.Composition);
            }
            else if (edition.Id == lastOfDigest)
            {
                block.Readers[place].RolledOver = true;
            }
        }
    }

    private void Note(ReaderBlock block, int place, PastEdition edition, ReadOnlySpan<byte> composition)
    {
        ref var reader = ref block.Readers[place];
        if (edition.At <= at)
        {
            reader.LastMail = reader.LastMail > edition.At ? reader.LastMail : edition.At;
        }
        else
        {
            reader.NextMail = reader.NextMail < edition.At ? reader.NextMail : edition.At;
        }
        var seen = block.Seen(place);
        for (var i = 0; i < composition.Length / Composition.BytesPerChoice; i++)
        {
            // A number out of range: the edition was replanned after its choices were read. Possible only without the planning lock, as in a simulation.
            var number = Composition.Read(composition, i);
            if (number < edition.StoryOf.Length && edition.StoryOf[number] is not NoStory and var story)
            {
                seen[story >> 6] |= 1UL << story;
            }
        }
    }
}
