using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;

namespace Newsletter.Items;

/// <summary>
/// Finds the stored item that an article is another import of: the item with the same URL, including final slash and fragment; else an item of
/// the same page with the same title and text. Without a URL: the item with the same title and source.
/// </summary>
internal static class KnownItemStore
{
    /// <summary>Bounds the comparisons for a page with thousands of articles that share a title.</summary>
    private const int MostCompared = 100;

    /// <summary>Serialises imports of the same page until the transaction ends: the second import then finds the first one's row.</summary>
    public static Task<int> LockAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, ItemContent content) =>
        connection.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended(@name, 1))",
            new { name = content.Url is null ? Key(content) : ItemUrl.Page(content.Url) }, transaction);

    /// <returns>Null when there is none.</returns>
    public static async Task<KnownItem?> FindAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, ItemContent content, CancellationToken cancel)
    {
        var (key, page) = (Key(content), Page(content));
        // An old URL without a fragment may have lost only a slash, so the page identifies the item.
        var hasNoFragment = content.Url is not null && !content.Url.Contains('#', StringComparison.Ordinal);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            """
            select i.id, i.story_id, i.key, i.address_altered, r.content::text as content, r.content_hash
            from items i join item_revisions r on r.id = i.revision_id
            where (i.key = @key or i.page = @page or (i.page = @wholePage and i.address_altered))
              and (i.key = @key or r.content ->> 'title' = @Title or (i.address_altered and @hasNoFragment))
            order by i.key = @key desc, i.address_altered, i.id
            limit @most
            """,
            new { key, page, wholePage = content.Url is null ? null : ItemUrl.Page(content.Url), content.Title, hasNoFragment, most = MostCompared },
            transaction, cancellationToken: cancel));
        return rows.Select(row => row.ToItem())
            .FirstOrDefault(item => item.Key == key || item.HasSameText(content) || (item.AddressAltered && hasNoFragment));
    }

    /// <summary>Marks the URL of an item stored before the migration as complete.</summary>
    public static Task<int> ConfirmAddressAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long id, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            "update items set address_altered = false where id = @id", new { id }, transaction, cancellationToken: cancel));

    /// <summary>The URL or, without one, a hash of title and source.</summary>
    public static string Key(ItemContent content) => content.Url is not null
        ? "url:" + content.Url
        : "hash:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Folded(content.Title) + "\n" + Folded(content.Publication))));

    /// <summary>The page key of a URL: items with similar URLs share it. Null without a URL.</summary>
    public static string? Page(ItemContent content) => content.Url is { } url ? ItemUrl.Page(url) + ItemUrl.Route(url) : null;

    private static string Folded(string? text) => string.Join(' ',
        (text ?? "").Normalize(NormalizationForm.FormKC).ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private sealed record Row
    {
        public required long Id { get; init; }
        public required long StoryId { get; init; }
        public required string Key { get; init; }
        public required bool AddressAltered { get; init; }
        public required string Content { get; init; }
        public required string ContentHash { get; init; }

        public KnownItem ToItem() => new()
        {
            Id = Id,
            StoryId = StoryId,
            Key = Key,
            AddressAltered = AddressAltered,
            Content = ItemContent.Parse(Content),
            ContentHash = ContentHash,
        };
    }
}
