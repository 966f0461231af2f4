using Dapper;
using Newsletter.Roles;
using Npgsql;

namespace Newsletter.Items;

/// <summary>Items, their revisions and their labels.</summary>
public sealed class ItemStore(NpgsqlDataSource database, LabelStore labels, StoryStore stories, TimeProvider time)
{
    /// <summary>Stores an item completely or not at all; saving the same content again changes nothing.</summary>
    public async Task<SavedItem> SaveAsync(ItemContent content, CancellationToken cancel = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await KnownItemStore.LockAsync(connection, transaction, content);
        var known = await KnownItemStore.FindAsync(connection, transaction, content, cancel);
        if (known is { AddressAltered: false })
        {
            // Two feeds may write the same URL in two ways: the first one is kept.
            content = content with { Url = known.Content.Url };
        }
        var json = content.ToJson();
        var hash = content.Hash();
        if (known?.ContentHash == hash)
        {
            if (known.AddressAltered)
            {
                // The import shows that the stored URL is complete.
                await KnownItemStore.ConfirmAddressAsync(connection, transaction, known.Id, cancel);
            }
            var sibling = await FirstOtherAsync(connection, transaction, known.StoryId, known.Id);
            await transaction.CommitAsync(cancel);
            return new SavedItem(known.Id, ItemChange.Unchanged, sibling);
        }
        // Insert all labels in one ordered statement: two concurrent imports would otherwise deadlock.
        string[] addressedTo = content.AddressedTo is null ? [] : [content.AddressedTo];
        var recorded = await labels.RecordAsync(connection, transaction, [.. content.BestFor, .. addressedTo], cancel);
        var labelIds = recorded.Take(content.BestFor.Count).ToArray();
        int? addressed = addressedTo is [] ? null : recorded[^1];
        // Locks the stories last: the lock blocks all other imports until the commit.
        var text = StoryText.Of(content);
        var storyIds = await stories.TellingAsync(connection, transaction, text, known?.Id, cancel);
        if (known is not null)
        {
            storyIds = [.. storyIds.Append(known.StoryId).Distinct()];
        }
        await StoryStore.JoinAsync(connection, transaction, storyIds);
        var row = new
        {
            known?.Id, key = KnownItemStore.Key(content), page = KnownItemStore.Page(content), json, hash, addressed, labelIds,
            story = storyIds.Count == 0 ? (long?)null : storyIds.Min(), marks = text.Marks, publishedAt = content.PublishedAt, now = time.GetUtcNow(),
        };
        var id = known is null
            ? await connection.ExecuteScalarAsync<long>(
                """
                with number as (
                    select nextval(pg_get_serial_sequence('items', 'id')) as id, nextval(pg_get_serial_sequence('item_revisions', 'id')) as revision_id
                ),
                item as (
                    insert into items (id, key, page, revision_id, story_id, story_marks, addressed_label_id, published_at, imported_at)
                    overriding system value
                    select id, @key, @page, revision_id, coalesce(@story, id), @marks, @addressed, @publishedAt, @now from number
                    returning id, revision_id
                )
                insert into item_revisions (id, item_id, content, content_hash, created_at) overriding system value
                select item.revision_id, item.id, @json::jsonb, @hash, @now from item
                returning item_id
                """, row, transaction)
            : await connection.ExecuteScalarAsync<long>(
                """
                with revision as (
                    insert into item_revisions (item_id, content, content_hash, created_at)
                    values (@Id, @json::jsonb, @hash, @now)
                    returning id
                ),
                forgotten as (delete from item_labels where item_id = @Id and not by_editor and label_id <> all(@labelIds) returning label_id),
                dropped as (
                    insert into label_clean_up (label_id)
                    select label_id from forgotten
                    union
                    select addressed_label_id from items
                    where id = @Id and addressed_label_id is distinct from @addressed and addressed_label_id is not null)
                update items set revision_id = revision.id, key = @key, page = @page, address_altered = false, story_marks = @marks,
                    addressed_label_id = @addressed, published_at = @publishedAt
                from revision where items.id = @Id
                returning items.id
                """, row, transaction);
        await connection.ExecuteAsync(
            """
            insert into item_labels (item_id, label_id, position)
            select @id, label.id, min(label.position) from unnest(@labelIds) with ordinality as label(id, position) group by label.id
            on conflict (item_id, label_id) do update set position = excluded.position
            """, new { id, row.labelIds }, transaction);
        var other = row.story is { } story ? await FirstOtherAsync(connection, transaction, story, id) : null;
        await transaction.CommitAsync(cancel);
        return new SavedItem(id, ChangeOf(known, content), other) { FormerTitle = FormerTitle(known, content) };
    }

    /// <summary>The title that an import of this content would replace: see <see cref="SavedItem.FormerTitle"/>.</summary>
    public async Task<string?> FormerTitleAsync(ItemContent content, CancellationToken cancel = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return FormerTitle(await KnownItemStore.FindAsync(connection, null, content, cancel), content);
    }

    // A corrected URL alone does not count as an edit.
    private static ItemChange ChangeOf(KnownItem? known, ItemContent content) => known is null ? ItemChange.Imported
        : known.ContentHash == (content with { Url = known.Content.Url }).Hash() ? ItemChange.Unchanged
        : ItemChange.Updated;

    private static string? FormerTitle(KnownItem? known, ItemContent content) =>
        known is not null && NearDuplicate.IsOtherTitle(known.Content.Title, content.Title) ? known.Content.Title : null;

    private static Task<long?> FirstOtherAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long story, long id) =>
        connection.ExecuteScalarAsync<long?>(
            "select id from items where story_id = @story and id <> @id order by id limit 1", new { story, id }, transaction);

    /// <returns>Null when there is no such item.</returns>
    public async Task<Item?> FindAsync(long id)
    {
        await using var connection = await database.OpenConnectionAsync();
        return (await QueryAsync(connection, "where i.id = @id", new { id })).SingleOrDefault();
    }

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<Item>> ListAsync(bool archived, int limit)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await QueryAsync(connection, "where (i.archived_at is not null) = @archived order by i.id desc limit @limit", new { archived, limit });
    }

    /// <summary>The content of the given revisions, also of those that later imports replaced.</summary>
    public async Task<IReadOnlyDictionary<long, ItemContent>> RevisionsAsync(IReadOnlyCollection<long> revisionIds)
    {
        await using var connection = await database.OpenConnectionAsync();
        var rows = await connection.QueryAsync<(long Id, string Content)>(
            "select id, content::text from item_revisions where id = any(@revisionIds)", new { revisionIds = revisionIds.ToArray() });
        return rows.ToDictionary(row => row.Id, row => ItemContent.Parse(row.Content));
    }

    /// <summary>Archived items are no longer candidates; what was sent stays.</summary>
    /// <exception cref="Refusal">NotFound: an id is unknown; then no item is archived.</exception>
    public async Task ArchiveAsync(IReadOnlyCollection<long> ids)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await StoryStore.LockAsync(connection, transaction);
        var found = (await connection.QueryAsync<long>(
            "update items set archived_at = coalesce(archived_at, @now) where id = any(@ids) returning id",
            new { ids = ids.ToArray(), now = time.GetUtcNow() }, transaction)).ToHashSet();
        foreach (var missing in ids.Where(id => !found.Contains(id)))
        {
            throw Refusal.NotFound($"There is no item {missing}: no item was archived.");
        }
        await transaction.CommitAsync();
    }

    /// <summary>Adds role labels on behalf of an editor; they stay when the item is imported again.</summary>
    /// <exception cref="Refusal">NotFound: no such item.</exception>
    public async Task AddLabelsAsync(long id, IReadOnlyList<string> texts)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var labelIds = (await labels.RecordAsync(connection, transaction, texts)).ToArray();
        if (await connection.ExecuteScalarAsync<long?>("select id from items where id = @id for update", new { id }, transaction) is null)
        {
            throw Refusal.NotFound($"There is no item {id}.");
        }
        await connection.ExecuteAsync(
            """
            insert into item_labels (item_id, label_id, position, by_editor)
            select @id, label.id, min(label.position), true from unnest(@labelIds) with ordinality as label(id, position) group by label.id
            on conflict (item_id, label_id) do update set by_editor = true
            """, new { id, labelIds }, transaction);
        await transaction.CommitAsync();
    }

    private static async Task<List<Item>> QueryAsync(NpgsqlConnection connection, string which, object parameters)
    {
        var rows = (await connection.QueryAsync<ItemRow>(
            $"""
            select i.id, i.revision_id, i.imported_at, i.archived_at, r.content::text as content,
                   array(select o.id from items o where o.story_id = i.story_id and o.id <> i.id order by o.id) as story
            from items i join item_revisions r on r.id = i.revision_id
            {which}
            """, parameters)).AsList();
        var labels = await connection.QueryAsync<LabelRow>(
            """
            select found.item_id, l.text, found.is_addressed,
                   array(select ro.slug from label_roles lr join roles ro on ro.id = lr.role_id
                         where lr.label_id = l.id order by ro.id) as role_slugs
            from (select item_id, label_id, false as is_addressed, by_editor, position from item_labels where item_id = any(@ids)
                  union all
                  select id, addressed_label_id, true, false, 0 from items where id = any(@ids)) found
            join labels l on l.id = found.label_id
            order by found.item_id, found.by_editor, found.position
            """, new { ids = rows.Select(row => row.Id).ToArray() });
        var byItem = labels.ToLookup(label => label.ItemId);
        return rows.Select(row => row.ToItem(byItem[row.Id])).ToList();
    }

    private sealed record ItemRow
    {
        public required long Id { get; init; }
        public required long RevisionId { get; init; }
        public required string Content { get; init; }
        public required long[] Story { get; init; }
        public required DateTimeOffset ImportedAt { get; init; }
        public required DateTimeOffset? ArchivedAt { get; init; }

        public Item ToItem(IEnumerable<LabelRow> labels) => new()
        {
            Id = Id,
            RevisionId = RevisionId,
            Content = ItemContent.Parse(Content),
            BestFor = labels.Where(label => !label.IsAddressed).Select(label => new ItemLabel(label.Text, label.RoleSlugs)).ToList(),
            AddressedTo = labels.Where(label => label.IsAddressed).Select(label => new ItemLabel(label.Text, label.RoleSlugs)).FirstOrDefault(),
            Story = Story,
            ImportedAt = ImportedAt,
            ArchivedAt = ArchivedAt,
        };
    }

    private sealed record LabelRow
    {
        public required long ItemId { get; init; }
        public required string Text { get; init; }
        public required bool IsAddressed { get; init; }
        public required string[] RoleSlugs { get; init; }
    }
}
