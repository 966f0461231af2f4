using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Dapper;
using Newsletter.Choosing;
using Newsletter.Database;
using Newsletter.Items;
using Npgsql;

namespace Newsletter.Planning;

/// <summary>
/// Reads the readers of a digest block by block, ordered by id, in the form that choosing needs.
/// </summary>
/// <param name="at">Send time of the edition.</param>
internal sealed class ReaderStore(NpgsqlConnection connection, Composer composer, IReadOnlyDictionary<int, IReadOnlyList<int>> rolesByLabel, DateTimeOffset at)
{
    private const int BlockSize = 10_000;

    private readonly Utf8Lookup<int> topicNumbers = new(composer.Index.TopicOf);
    private readonly Utf8Lookup<LocalTimes> zones = new(name => new LocalTimes(name, at));
    private readonly List<int> roles = [];
    private readonly List<int> otherRoles = [];
    private readonly List<int> followed = [];
    private readonly List<int> muted = [];
    private HashSet<long> suppressed = [];

    public async Task OpenAsync(CancellationToken cancel) =>
        suppressed = (await connection.QueryAsync<long>(new CommandDefinition(
            "select s.id from suppressions p join subscribers s on s.email_key = p.email_key", commandTimeout: 0, cancellationToken: cancel))).ToHashSet();

    /// <summary>Fills the block with the next confirmed readers after an id; leaves it empty at the end.</summary>
    public async Task ReadAsync(ReaderBlock block, int digestId, long after, CancellationToken cancel)
    {
        block.Clear();
        await using var rows = await CopyReader.OpenAsync(connection, 12, string.Create(CultureInfo.InvariantCulture,
            $$"""
            select s.id, s.label_ids, s.topics, s.muted_topics, s.cadence, s.weekday, s.timezone, s.hour,
                   s.depth, s.too_few, s.paused_until, case when s.cadence <> 'every' then s.confirmed_at end
            from subscribers s
            where s.id > {{after}} and s.status = 'confirmed' and s.cadence <> 'paused'
              and not exists (select from digest_leavers l where l.digest_id = {{digestId}} and l.subscriber_id = s.id)
            order by s.id limit {{BlockSize}}
            """), cancel);
        while (await rows.ReadAsync(cancel))
        {
            Add(block, rows);
        }
    }

    /// <summary>Reads one reader, regardless of status and cadence.</summary>
    public async Task ReadOneAsync(ReaderBlock block, long subscriberId, CancellationToken cancel)
    {
        block.Clear();
        await using var rows = await CopyReader.OpenAsync(connection, 12, string.Create(CultureInfo.InvariantCulture,
            $"""
            select s.id, s.label_ids, s.topics, s.muted_topics, s.cadence, s.weekday, s.timezone, s.hour,
                   s.depth, s.too_few, s.paused_until, case when s.cadence <> 'every' then s.confirmed_at end
            from subscribers s where s.id = {subscriberId}
            """), cancel);
        while (await rows.ReadAsync(cancel))
        {
            Add(block, rows);
        }
    }

    private void Add(ReaderBlock block, CopyReader row)
    {
        var tooFew = row.IsNull(9) && composer.WidensAll ? TooFew.Widen : TooFewOf(row.Bytes(9));
        var hasRoles = ReadRoles(row, tooFew);
        ReadTopics(row, 2, followed);
        ReadTopics(row, 3, muted);
        var id = row.Int64(0);
        block.Add(
            new Reader
            {
                Id = id,
                HasRoles = hasRoles,
                TooFew = tooFew,
                Cadence = CadenceOf(row.Bytes(4)),
                Weekday = row.IsNull(5) ? null : (DayOfWeek)row.Int16(5),
                Local = zones[row.Bytes(6)],
                Hour = row.IsNull(7) ? null : (byte)row.Int16(7),
                Depth = DepthOf(row.Bytes(8)),
                IsSuppressed = suppressed.Contains(id),
                PausedUntil = row.IsNull(10) ? null : row.Date(10),
                Confirmed = row.IsNull(11) ? DateTimeOffset.UnixEpoch : row.Time(11),
            },
            CollectionsMarshal.AsSpan(roles), CollectionsMarshal.AsSpan(followed), CollectionsMarshal.AsSpan(muted), CollectionsMarshal.AsSpan(otherRoles));
    }

    /// <returns>
    /// Whether the reader named any role. A reader whose labels all wait for review gets no leading items in place of fitting ones.
    /// </returns>
    private bool ReadRoles(CopyReader row, TooFew tooFew)
    {
        roles.Clear();
        otherRoles.Clear();
        var any = false;
        foreach (var label in row.Elements(1))
        {
            any = true;
            if (rolesByLabel.TryGetValue(BinaryPrimitives.ReadInt32BigEndian(label), out var meant))
            {
                foreach (var role in meant)
                {
                    (composer.Matters(role, tooFew) ? roles : otherRoles).Add(role);
                }
            }
        }
        Sort(roles);
        Sort(otherRoles);
        if (roles.Count > Profile.MostRoles)
        {
            roles.RemoveRange(Profile.MostRoles, roles.Count - Profile.MostRoles);
        }
        return any;
    }

    private void ReadTopics(CopyReader row, int column, List<int> into)
    {
        into.Clear();
        foreach (var topic in row.Elements(column))
        {
            if (topicNumbers[topic] is >= 0 and var number)
            {
                into.Add(number);
            }
        }
        Sort(into);
    }

    /// <summary>Sorts ascending and removes duplicates.</summary>
    private static void Sort(List<int> list)
    {
        if (list.Count > 1)
        {
            list.Sort();
            var kept = 1;
            for (var i = 1; i < list.Count; i++)
            {
                if (list[i] != list[kept - 1])
                {
                    list[kept++] = list[i];
                }
            }
            list.RemoveRange(kept, list.Count - kept);
        }
    }

    // Check constraints of the database limit these columns to a few words, each with a different first letter.
    private static TooFew TooFewOf(ReadOnlySpan<byte> text) => text switch
    {
        [(byte)'w', ..] => TooFew.Widen,
        [(byte)'r', ..] => TooFew.RollOver,
        _ => TooFew.Skip,
    };

    private static Cadence CadenceOf(ReadOnlySpan<byte> text) => text switch
    {
        [(byte)'d', ..] => Cadence.Daily,
        [(byte)'w', ..] => Cadence.Weekly,
        [(byte)'m', ..] => Cadence.Monthly,
        _ => Cadence.Every,
    };

    private static Depth? DepthOf(ReadOnlySpan<byte> text) => text switch
    {
        [(byte)'b', ..] => Depth.Brief,
        [(byte)'s', ..] => Depth.Standard,
        [(byte)'f', ..] => Depth.Full,
        _ => null,
    };
}
