using System.Diagnostics;
using Dapper;
using Newsletter.Planning;
using Npgsql;

namespace Newsletter.Benchmarks;

/// <summary>What it takes to pack the history of one edition, in the background after it was sent.</summary>
internal sealed class Packing(NpgsqlDataSource database)
{
    /// <returns>Seconds to pack the last edition of the history once more.</returns>
    public async Task<double> MeasureAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var edition = await connection.ExecuteScalarAsync<long>(
            "update editions set is_packed = false where id = (select max(id) from editions where is_packed) returning id");
        var started = Stopwatch.GetTimestamp();
        if (!await new HistoryPageStore(database).PackAsync(edition, cancel))
        {
            throw Refusal.Conflict($"Edition {edition} of the history cannot be packed.");
        }
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Progress.Say($"  packed in {seconds:0.00} s");
        return seconds;
    }
}
