using Dapper;
using Npgsql;

namespace Newsletter.Planning;

/// <summary>Finds the past editions that matter to a plan, on the connection that then reads their pages.</summary>
internal sealed class HistoryStore(NpgsqlConnection connection)
{
    /// <summary>JIT off: the estimated cost triggers it for every block, and compiling takes longer than running.</summary>
    public Task DisableJitAsync(CancellationToken cancel) => connection.ExecuteAsync(new CommandDefinition("set jit = off", cancellationToken: cancel));

    /// <returns>The id of the digest's last edition; 0 without one.</returns>
    public async Task<long> LastOfDigestAsync(int digestId, long exceptEdition, CancellationToken cancel) =>
        await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
            "select max(id) from editions where digest_id = @digestId and id <> @exceptEdition and state not in ('cancelled', 'missed')",
            new { digestId, exceptEdition }, cancellationToken: cancel)) ?? 0;

    public async Task<IReadOnlyList<(long Id, long Story, DateTimeOffset ImportedAt)>> ItemsOfStoriesAsync(long[] stories, CancellationToken cancel) =>
        (await connection.QueryAsync<(long, long, DateTimeOffset)>(new CommandDefinition(
            "select id, story_id, imported_at from items where story_id = any(@stories)", new { stories }, cancellationToken: cancel))).AsList();

    /// <summary>Editions planned since <paramref name="first"/>, those sent in the time span, and the digest's last edition.</summary>
    public async Task<IEnumerable<PastEdition>> EditionsAsync(
        long exceptEdition, long lastOfDigest, DateTimeOffset first, DateTimeOffset from, DateTimeOffset until, CancellationToken cancel) =>
        await connection.QueryAsync<PastEdition>(new CommandDefinition(
            """
            select id, at, choice_items, is_packed from (select *, coalesce(send_at, started_at, planned_at, created_at) as at from editions) e
            where id <> @exceptEdition and state <> 'missed' and (planned_at >= @first or at between @from and @until or id = @lastOfDigest)
            """, new { exceptEdition, lastOfDigest, first, from, until }, commandTimeout: 0, cancellationToken: cancel));
}

/// <summary>An edition from which readers may have had stories.</summary>
internal sealed record PastEdition
{
    public required long Id { get; init; }
    public required DateTimeOffset At { get; init; }
    public required long[] ChoiceItems { get; init; }
    public required bool IsPacked { get; init; }

    /// <summary>Story index by choice number; −1 if the item belongs to no story of the candidates.</summary>
    public int[] StoryOf { get; set; } = [];
}
