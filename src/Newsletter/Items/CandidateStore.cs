using Dapper;
using Npgsql;

namespace Newsletter.Items;

/// <summary>Reads the items that may go into an edition.</summary>
internal static class CandidateStore
{
    /// <summary>
    /// Items that are not archived, were imported after the given time and have at least one role, in the snapshot of the caller's transaction.
    /// Roles come from a join, so a label that was taught a minute ago already counts.
    /// </summary>
    public static async Task<IReadOnlyList<Candidate>> ReadAsync(NpgsqlConnection connection, DateTimeOffset since, CancellationToken cancel)
    {
        var rows = await connection.QueryAsync<CandidateRow>(new CommandDefinition(
            """
            select i.id, i.revision_id, i.story_id, coalesce(i.published_at, i.imported_at) as published_at,
                   r.content ->> 'title' as title, r.content ->> 'publication' as publication,
                   array(select jsonb_array_elements_text(r.content -> 'topics')) as topics,
                   array(select role_id from label_roles where label_id = i.addressed_label_id order by role_id) as addressed_to,
                   array_agg(l.text order by il.by_editor, il.position, lr.role_id) as labels,
                   array_agg(lr.role_id order by il.by_editor, il.position, lr.role_id) as role_ids
            from items i
            join item_revisions r on r.id = i.revision_id
            join item_labels il on il.item_id = i.id
            join labels l on l.id = il.label_id
            join label_roles lr on lr.label_id = il.label_id
            where i.archived_at is null and i.imported_at > @since
            group by i.id, r.id
            order by i.id
            """, new { since }, cancellationToken: cancel));
        return rows.Select(row => new Candidate
        {
            ItemId = row.Id,
            RevisionId = row.RevisionId,
            StoryId = row.StoryId,
            Title = row.Title,
            PublishedAt = row.PublishedAt,
            Roles = row.RoleIds.Zip(row.Labels, (role, label) => new CandidateRole(role, label)).ToList(),
            Topics = row.Topics,
            Publication = row.Publication,
            AddressedTo = row.AddressedTo,
        }).ToList();
    }

    private sealed record CandidateRow
    {
        public required long Id { get; init; }
        public required long RevisionId { get; init; }
        public required long StoryId { get; init; }
        public required DateTimeOffset PublishedAt { get; init; }
        public required string Title { get; init; }
        public required string? Publication { get; init; }
        public required string[] Topics { get; init; }
        public required string[] Labels { get; init; }
        public required int[] RoleIds { get; init; }
        public required int[] AddressedTo { get; init; }
    }
}
