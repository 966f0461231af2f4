using System.Globalization;
using Dapper;
using Newsletter.Database;
using Npgsql;

namespace Newsletter.Digests;

/// <summary>
/// What readers had, or are to have, from other editions: told by deliveries and their compositions alone. Failed and
/// skipped deliveries give their items back, so those of a cancelled edition do.
/// </summary>
internal sealed class History(NpgsqlConnection connection, Shortlist list)
{
    private const int NoStory = -1;

    private readonly Dictionary<long, PastEdition> editions = [];
    private long lastOfDigest;
    private DateTimeOffset at;

    /// <summary>Reads which editions matter: those with a story of the shortlist, and those near enough in time for a cadence.</summary>
    /// <param name="at">When the edition to be planned is sent.</param>
    public async Task OpenAsync(int digestId, long exceptEdition, DateTimeOffset at, CancellationToken cancel)
    {
        this.at = at;
        var stories = await StoriesAsync(exceptEdition, cancel);
        var past = await connection.QueryAsync<PastEdition>(new CommandDefinition(
            """
            select id, at from (select id, state, coalesce(send_at, started_at, planned_at, created_at) as at from editions) e
            where id <> @exceptEdition and state <> 'missed' and (id = any(@known) or at between @from and @until)
            """,
            new { exceptEdition, known = stories.Keys.ToArray(), from = at.AddDays(-CadenceRule.LongestDays), until = at.AddDays(CadenceRule.LongestDays) },
            commandTimeout: 0, cancellationToken: cancel));
        foreach (var edition in past)
        {
            editions[edition.Id] = edition with { StoryOf = stories.GetValueOrDefault(edition.Id, []) };
        }
        lastOfDigest = await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
            "select max(id) from editions where digest_id = @digestId and id <> @exceptEdition and state not in ('cancelled', 'missed')",
            new { digestId, exceptEdition }, cancellationToken: cancel)) ?? 0;
    }

    /// <summary>Notes for each reader of the block which stories are had, when the nearest mails are, and what was rolled over.</summary>
    public async Task ReadAsync(ReaderBlock block, CancellationToken cancel)
    {
        block.ClearSeen();
        if (editions.Count == 0 && lastOfDigest == 0)
        {
            return;
        }
        var wanted = string.Join(',', editions.Keys.Append(lastOfDigest).Distinct().Order().Select(id => id.ToString(CultureInfo.InvariantCulture)));
        await using var rows = await CopyReader.OpenAsync(connection, 3, string.Create(CultureInfo.InvariantCulture,
            $$"""
            select edition_id, subscriber_id, choices from deliveries
            where edition_id = any('{{{wanted}}}') and subscriber_id between {{block.Readers[0].Id}} and {{block.Readers[^1].Id}}
              and ((state not in ('failed', 'skipped') and choices is not null)
                   or (edition_id = {{lastOfDigest}} and state = 'skipped' and reason = 'rolled_over'))
            """), cancel);
        var place = 0;
        while (await rows.ReadAsync(cancel))
        {
            if (block.PlaceOf(rows.Int64(1), place) is >= 0 and var found)
            {
                place = found;
                Note(block, place, rows.Int64(0), rows.Bytes(2));
            }
        }
    }

    private void Note(ReaderBlock block, int place, long editionId, ReadOnlySpan<byte> composition)
    {
        ref var reader = ref block.Readers[place];
        if (composition.IsEmpty)
        {
            reader.RolledOver = true;
        }
        else if (editions.TryGetValue(editionId, out var edition))
        {
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
                var number = Composition.Read(composition, i);
                if (number < edition.StoryOf.Count && edition.StoryOf[number] is not NoStory and var story)
                {
                    seen[story >> 6] |= 1UL << story;
                }
            }
        }
    }

    /// <returns>By edition, for each number of a choice the number of its story, where it is one of the shortlist.</returns>
    private async Task<Dictionary<long, List<int>>> StoriesAsync(long exceptEdition, CancellationToken cancel)
    {
        var found = new Dictionary<long, List<int>>();
        var stories = string.Join(',', list.Stories.Keys.Select(id => id.ToString(CultureInfo.InvariantCulture)));
        await using var rows = await CopyReader.OpenAsync(connection, 3, string.Create(CultureInfo.InvariantCulture,
            $$"""
            select ch.edition_id, ch.number, i.story_id from choices ch join items i on i.id = ch.item_id
            where i.story_id = any('{{{stories}}}') and ch.edition_id <> {{exceptEdition}}
            """), cancel);
        while (await rows.ReadAsync(cancel))
        {
            if (!found.TryGetValue(rows.Int64(0), out var storyOf))
            {
                found[rows.Int64(0)] = storyOf = [];
            }
            var number = rows.Int32(1);
            while (storyOf.Count <= number)
            {
                storyOf.Add(NoStory);
            }
            storyOf[number] = list.Stories[rows.Int64(2)];
        }
        return found;
    }

    private sealed record PastEdition
    {
        public required long Id { get; init; }
        public required DateTimeOffset At { get; init; }
        public IReadOnlyList<int> StoryOf { get; init; } = [];
    }
}
