using System.Buffers.Binary;
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

    // No choice has this number, so it can end a composition.
    private const string End = @"'\xFFFFFF'";

    private readonly Dictionary<long, PastEdition> editions = [];
    private long lastOfDigest;
    private DateTimeOffset at;

    /// <summary>Reads which editions matter: those with a story of the shortlist, and those near enough in time for a cadence.</summary>
    /// <param name="at">When the edition to be planned is sent.</param>
    public async Task OpenAsync(int digestId, long exceptEdition, DateTimeOffset at, CancellationToken cancel)
    {
        this.at = at;
        var items = (await connection.QueryAsync<(long Id, long Story, DateTimeOffset ImportedAt)>(new CommandDefinition(
            "select id, story_id, imported_at from items where story_id = any(@stories)",
            new { stories = list.Stories.Keys.ToArray() }, cancellationToken: cancel))).AsList();
        var storyOf = items.ToDictionary(item => item.Id, item => list.Stories[item.Story]);
        var past = await connection.QueryAsync<PastEdition>(new CommandDefinition(
            """
            select id, at, choice_items from (select *, coalesce(send_at, started_at, planned_at, created_at) as at from editions) e
            where id <> @exceptEdition and state <> 'missed' and (planned_at >= @first or at between @from and @until)
            """,
            new
            {
                exceptEdition,
                first = items.Select(item => item.ImportedAt).DefaultIfEmpty(DateTimeOffset.MaxValue.ToUniversalTime()).Min(),
                from = at.AddDays(-CadenceRule.LongestDays),
                until = at.AddDays(CadenceRule.LongestDays),
            }, commandTimeout: 0, cancellationToken: cancel));
        foreach (var edition in past)
        {
            edition.StoryOf = [NoStory, .. edition.ChoiceItems.Select(item => storyOf.GetValueOrDefault(item, NoStory))];
            if (Math.Abs((edition.At - at).TotalDays) <= CadenceRule.LongestDays || edition.StoryOf.Any(story => story != NoStory))
            {
                editions[edition.Id] = edition;
            }
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
        // A row for each edition, not for each delivery: twelve million rows would cost more than what stands in them.
        await using var rows = await CopyReader.OpenAsync(connection, 2, string.Join(" union all ",
            editions.Keys.Append(lastOfDigest).Distinct().Where(id => id > 0).Order().Select(id => Select(id, block))), cancel);
        while (await rows.ReadAsync(cancel))
        {
            Note(block, rows.Int64(0), rows.Bytes(1));
        }
    }

    private string Select(long edition, ReaderBlock block) => string.Create(CultureInfo.InvariantCulture,
        $"""
        (select {edition}::bigint, string_agg(int8send(subscriber_id) || coalesce(choices, ''), {End}) from deliveries
        where edition_id = {edition} and subscriber_id between {block.Readers[0].Id} and {block.Readers[^1].Id}
          and ((choices is not null and state not in ('failed', 'skipped')){(edition == lastOfDigest ? " or (state = 'skipped' and reason = 'rolled_over')" : "")}))
        """);

    /// <param name="packed">For each delivery the subscriber's id in eight octets and the composition, with <see cref="End"/> in between.</param>
    private void Note(ReaderBlock block, long editionId, ReadOnlySpan<byte> packed)
    {
        var edition = editions.GetValueOrDefault(editionId);
        var place = 0;
        while (!packed.IsEmpty)
        {
            var found = block.PlaceOf(BinaryPrimitives.ReadInt64BigEndian(packed), place);
            place = Math.Max(found, 0);
            packed = packed[sizeof(long)..];
            var length = 0;
            while (length < packed.Length && Composition.Read(packed[length..], 0) != Composition.MostChoices)
            {
                length += Composition.BytesPerChoice;
            }
            if (found >= 0)
            {
                Note(block, place, edition, packed[..length]);
            }
            packed = packed[Math.Min(length + Composition.BytesPerChoice, packed.Length)..];
        }
    }

    private void Note(ReaderBlock block, int place, PastEdition? edition, ReadOnlySpan<byte> composition)
    {
        ref var reader = ref block.Readers[place];
        if (composition.IsEmpty)
        {
            reader.RolledOver = true;
            return;
        }
        if (edition is null)
        {
            return;
        }
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
            // Planned anew since its choices were read, as may be while somebody only looks.
            var number = Composition.Read(composition, i);
            if (number < edition.StoryOf.Length && edition.StoryOf[number] is not NoStory and var story)
            {
                seen[story >> 6] |= 1UL << story;
            }
        }
    }

    private sealed record PastEdition
    {
        public required long Id { get; init; }
        public required DateTimeOffset At { get; init; }
        public required long[] ChoiceItems { get; init; }

        /// <summary>For each number of a choice its story, where it is one of the shortlist.</summary>
        public int[] StoryOf { get; set; } = [];
    }
}
