using Dapper;
using Newsletter.Database;
using Npgsql;

namespace Newsletter.Items;

/// <summary>
/// Which items tell one story: <c>items.story_id</c>, the lowest id among them. Stories are joined and never split, since
/// what readers had hangs on them.
/// </summary>
public sealed class StoryStore(NpgsqlDataSource database, AuditStore audit, TimeProvider time)
{
    // Any constant will do, as long as it never changes: it is the name of the lock in PostgreSQL.
    private const long StoryLock = 0x73746F72696573;

    /// <summary>Of items with a mark in common, the newest that are compared: a bound for floods of alike items.</summary>
    private const int MostCompared = 100;

    /// <summary>
    /// The stories that an item with this text tells. Until the transaction ends nobody else decides on stories, so that two
    /// imports at once don't make two stories of one.
    /// </summary>
    /// <param name="itemId">The item itself, when it is there already.</param>
    internal async Task<IReadOnlyList<long>> TellingAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, StoryText text, long? itemId, CancellationToken cancel)
    {
        // In one round trip, and still several statements: the last must see what the lock's last holder committed.
        await using var both = await connection.QueryMultipleAsync(new CommandDefinition(
            "select pg_advisory_xact_lock(@StoryLock);" + ByIndex + Near, Parameters(text, itemId), transaction, cancellationToken: cancel));
        await both.ReadAsync();
        await both.ReadAsync();
        return [.. (await both.ReadAsync<NearItem>()).Where(near => near.Tells(text)).Select(near => near.StoryId).Distinct()];
    }

    /// <summary>For whoever changes several items in one transaction: joining stories changes several too, in an order of its own.</summary>
    internal static Task LockAsync(NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        connection.ExecuteAsync("select pg_advisory_xact_lock(@StoryLock)", new { StoryLock }, transaction);

    /// <summary>Makes the stories one, the lowest of them.</summary>
    internal static Task<int> JoinAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyCollection<long> stories) =>
        stories.Count < 2
            ? Task.FromResult(0)
            : connection.ExecuteAsync(
                "update items set story_id = @first where story_id = any(@stories) and story_id <> @first",
                new { first = stories.Min(), stories = stories.ToArray() }, transaction);

    /// <returns>The lowest id among the stored items that tell this story, other than the item itself; null when none does.</returns>
    public async Task<long?> NearDuplicateAsync(ItemContent content, CancellationToken cancel = default)
    {
        var text = StoryText.Of(content);
        await using var connection = await database.OpenConnectionAsync(cancel);
        var itemId = (await KnownItemStore.FindAsync(connection, null, content, cancel))?.Id;
        await using var near = await connection.QueryMultipleAsync(new CommandDefinition(ByIndex + Near, Parameters(text, itemId), cancellationToken: cancel));
        await near.ReadAsync();
        return (await near.ReadAsync<NearItem>()).Where(item => item.Tells(text)).Min(item => (long?)item.Id);
    }

    /// <summary>An editor's word that these items tell one story; their stories become one with all their items.</summary>
    /// <returns>All items of the story, in order.</returns>
    /// <exception cref="Refusal">Invalid: fewer than two items. NotFound: an id is unknown; then nothing is merged.</exception>
    public async Task<IReadOnlyList<long>> MergeAsync(IReadOnlyCollection<long> ids, string actor)
    {
        if (ids.Distinct().Count() < 2)
        {
            throw Refusal.Invalid("One item alone is a story already: name at least two items that tell the same one.");
        }
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await LockAsync(connection, transaction);
        var found = (await connection.QueryAsync<(long Id, long StoryId)>(
            "select id, story_id from items where id = any(@ids)", new { ids = ids.ToArray() }, transaction)).ToDictionary(item => item.Id, item => item.StoryId);
        foreach (var missing in ids.Where(id => !found.ContainsKey(id)))
        {
            throw Refusal.NotFound($"There is no item {missing}: none was merged.");
        }
        var story = found.Values.Min();
        if (await JoinAsync(connection, transaction, [.. found.Values.Distinct()]) > 0)
        {
            await audit.RecordAsync(connection, transaction, actor, "items merged", $"items {string.Join(", ", found.Keys.Order())}: story {story}");
        }
        var members = (await connection.QueryAsync<long>("select id from items where story_id = @story order by id", new { story }, transaction)).AsList();
        await transaction.CommitAsync();
        return members;
    }

    private object Parameters(StoryText text, long? itemId) => new
    {
        StoryLock, MostCompared, itemId,
        marks = text.Marks, since = time.GetUtcNow() - NearDuplicate.Window, summaryLimit = StoryText.SummaryLimit,
    };

    // The planner takes comparing two arrays of marks for as cheap as comparing two numbers, and an eighth of all items for
    // alike: it would read every item, which costs more with each. Until the end of the transaction; what follows in it
    // goes by indexes anyway.
    private const string ByIndex = "select set_config('enable_seqscan', 'off', true);";

    // Materialized, or the limit tempts the planner to walk through all items from the newest.
    private const string Near =
        """
        with near as materialized (
            select id, story_id, revision_id, published_at from items
            where story_marks && @marks and imported_at > @since and id is distinct from @itemId
        )
        select near.id, near.story_id, near.published_at, r.content ->> 'title' as title,
               left(r.content ->> 'summary', @summaryLimit + 1) as summary, r.content ->> 'url' as url
        from (select * from near order by id desc limit @MostCompared) near
        join item_revisions r on r.id = near.revision_id
        """;

    private sealed record NearItem
    {
        public required long Id { get; init; }
        public required long StoryId { get; init; }
        public required string Title { get; init; }
        public required string? Summary { get; init; }
        public required string? Url { get; init; }
        public required DateTimeOffset? PublishedAt { get; init; }

        public bool Tells(StoryText text) => NearDuplicate.Is(text, new StoryText(Title, Summary, Url, PublishedAt));
    }
}
