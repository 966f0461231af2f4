using Dapper;
using Newsletter.Database;
using Npgsql;

namespace Newsletter.Items;

/// <summary>
/// Which items tell one story: <c>items.story_id</c>, the lowest item id among them. Stories are joined and never split, because the history of
/// what readers got refers to them.
/// </summary>
public sealed class StoryStore(NpgsqlDataSource database, AuditStore audit, TimeProvider time)
{
    // The key of the advisory lock. Any constant is good, but it must never change.
    private const long StoryLock = 0x73746F72696573;

    /// <summary>Only the newest items with a common mark are compared, at most this many: a bound for floods of similar items.</summary>
    private const int MostCompared = 100;

    /// <summary>
    /// The stories that an item with this text tells. Holds the lock on stories until the transaction ends, so that two concurrent imports do
    /// not create two stories for the same one.
    /// </summary>
    /// <param name="itemId">The item itself, if it is stored already.</param>
    internal async Task<IReadOnlyList<long>> TellingAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, StoryText text, long? itemId, CancellationToken cancel)
    {
        // One round trip, but several statements: the last one must see what the previous holder of the lock committed.
        await using var both = await connection.QueryMultipleAsync(new CommandDefinition(
            "select pg_advisory_xact_lock(@StoryLock);" + ByIndex + Near, Parameters(text, itemId), transaction, cancellationToken: cancel));
        await both.ReadAsync();
        await both.ReadAsync();
        return [.. (await both.ReadAsync<NearItem>()).Where(near => near.Tells(text)).Select(near => near.StoryId).Distinct()];
    }

    /// <summary>
    /// Take this lock before changing several items in one transaction: joining stories also updates several items, in another order, and the
    /// two would otherwise deadlock.
    /// </summary>
    internal static Task LockAsync(NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        connection.ExecuteAsync("select pg_advisory_xact_lock(@StoryLock)", new { StoryLock }, transaction);

    /// <summary>Joins the stories: all their items get the lowest story id.</summary>
    internal static Task<int> JoinAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyCollection<long> stories) =>
        stories.Count < 2
            ? Task.FromResult(0)
            : connection.ExecuteAsync(
                "update items set story_id = @first where story_id = any(@stories) and story_id <> @first",
                new { first = stories.Min(), stories = stories.ToArray() }, transaction);

    /// <returns>The lowest id among the stored items that tell this story, except the item itself; null when there is none.</returns>
    public async Task<long?> NearDuplicateAsync(ItemContent content, CancellationToken cancel = default)
    {
        var text = StoryText.Of(content);
        await using var connection = await database.OpenConnectionAsync(cancel);
        var itemId = (await KnownItemStore.FindAsync(connection, null, content, cancel))?.Id;
        await using var near = await connection.QueryMultipleAsync(new CommandDefinition(ByIndex + Near, Parameters(text, itemId), cancellationToken: cancel));
        await near.ReadAsync();
        return (await near.ReadAsync<NearItem>()).Where(item => item.Tells(text)).Min(item => (long?)item.Id);
    }

    /// <summary>Records an editor's decision that these items tell one story; their stories become one, with all their items.</summary>
    /// <returns>All items of the story, in ascending order.</returns>
    /// <exception cref="Refusal">Invalid: fewer than two items. NotFound: an id is unknown; then nothing is merged.</exception>
    public async Task<IReadOnlyList<long>> MergeAsync(IReadOnlyCollection<long> ids, string actor)
    {
        if (ids.Distinct().Count() < 2)
        {
            throw Refusal.Invalid("Name at least two items that tell the same story.");
        }
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await LockAsync(connection, transaction);
        var found = (await connection.QueryAsync<(long Id, long StoryId)>(
            "select id, story_id from items where id = any(@ids)", new { ids = ids.ToArray() }, transaction))
            .ToDictionary(item => item.Id, item => item.StoryId);
        foreach (var missing in ids.Where(id => !found.ContainsKey(id)))
        {
            throw Refusal.NotFound($"There is no item {missing}: no item was merged.");
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

    // The planner assumes that comparing two arrays of marks costs as little as comparing two numbers, and that an eighth of all items match. It
    // would scan every item sequentially, which takes longer with each new item. The setting lasts until the end of the transaction; the
    // statements after it use indexes anyway.
    private const string ByIndex = "select set_config('enable_seqscan', 'off', true);";

    // Materialized: otherwise the limit makes the planner scan all items, starting with the newest.
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
