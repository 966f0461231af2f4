using System.Runtime.InteropServices;
using Newsletter.Choosing;
using Newsletter.Items;

namespace Newsletter.Planning;

/// <summary>
/// Up to some thousands of readers in the order of their ids, with their compositions. Flat layout: data of variable length is kept in
/// shared lists, so that a million readers do not cost a million objects.
/// </summary>
/// <param name="stories">Number of stories among the candidates.</param>
internal sealed class ReaderBlock(int stories)
{
    private readonly int words = (stories + 63) / 64;
    private readonly List<Reader> readers = [];
    private readonly List<int> numbers = [];
    private readonly List<byte> compositions = [];
    private ulong[] seen = [];

    public Span<Reader> Readers => CollectionsMarshal.AsSpan(readers);

    public int Count => readers.Count;

    /// <summary>Choices that occur in this block for the first time, ordered by number.</summary>
    public List<Choice> NewChoices { get; } = [];

    public void Clear()
    {
        readers.Clear();
        numbers.Clear();
        compositions.Clear();
        NewChoices.Clear();
    }

    /// <summary>Adds a reader; each list must be ascending.</summary>
    public void Add(Reader reader, ReadOnlySpan<int> roles, ReadOnlySpan<int> topics, ReadOnlySpan<int> muted, ReadOnlySpan<int> otherRoles)
    {
        reader.Start = numbers.Count;
        reader.Roles = (short)roles.Length;
        reader.Topics = (short)topics.Length;
        reader.Muted = (short)muted.Length;
        reader.OtherRoles = (short)otherRoles.Length;
        numbers.AddRange(roles);
        numbers.AddRange(topics);
        numbers.AddRange(muted);
        numbers.AddRange(otherRoles);
        readers.Add(reader);
    }

    /// <summary>The profile's numbers: roles, then followed topics, then muted topics.</summary>
    public ReadOnlySpan<int> NumbersOf(in Reader reader) =>
        CollectionsMarshal.AsSpan(numbers).Slice(reader.Start, reader.Roles + reader.Topics + reader.Muted);

    /// <summary>Ids of the reader's roles that have no effect in this edition.</summary>
    public ReadOnlySpan<int> OtherRolesOf(in Reader reader) =>
        CollectionsMarshal.AsSpan(numbers).Slice(reader.Start + reader.Roles + reader.Topics + reader.Muted, reader.OtherRoles);

    public Profile ProfileOf(in Reader reader)
    {
        var own = NumbersOf(reader);
        return new Profile
        {
            Roles = own[..reader.Roles],
            HasRoles = reader.HasRoles,
            Topics = own.Slice(reader.Roles, reader.Topics),
            Muted = own[(reader.Roles + reader.Topics)..],
            Depth = reader.Depth,
            TooFew = reader.TooFew,
            RolledOver = reader.RolledOver,
        };
    }

    /// <summary>A bit set with one bit per story that the reader has seen.</summary>
    public Span<ulong> Seen(int place) => seen.AsSpan(place * words, words);

    /// <summary>Clears the seen stories of all readers.</summary>
    public void ClearSeen()
    {
        if (seen.Length < readers.Count * words)
        {
            seen = new ulong[readers.Count * words];
        }
        Array.Clear(seen);
    }

    /// <summary>See <see cref="Composition"/>; empty for a skipped reader.</summary>
    public ReadOnlySpan<byte> CompositionOf(in Reader reader) =>
        CollectionsMarshal.AsSpan(compositions).Slice(reader.CompositionStart, reader.Choices * Composition.BytesPerChoice);

    public void Compose(ref Reader reader, IReadOnlyList<int> choices)
    {
        reader.CompositionStart = compositions.Count;
        reader.Choices = choices.Count;
        CollectionsMarshal.SetCount(compositions, compositions.Count + (choices.Count * Composition.BytesPerChoice));
        var bytes = CollectionsMarshal.AsSpan(compositions)[reader.CompositionStart..];
        for (var i = 0; i < choices.Count; i++)
        {
            Composition.Write(bytes, i, choices[i]);
        }
    }

    /// <summary>The index of a reader; negative if the reader is not in the block.</summary>
    /// <param name="near">The index of the previous lookup: rows mostly arrive in order, so the search starts there.</param>
    public int PlaceOf(long id, int near)
    {
        var all = Readers;
        for (var place = near; place < Math.Min(near + 4, all.Length); place++)
        {
            if (all[place].Id == id)
            {
                return place;
            }
        }
        var (low, high) = (0, all.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) >> 1;
            if (all[middle].Id == id)
            {
                return middle;
            }
            (low, high) = all[middle].Id < id ? (middle + 1, high) : (low, middle - 1);
        }
        return -1;
    }
}

/// <summary>A subscriber's planning inputs and the planning result.</summary>
internal struct Reader
{
    public long Id;

    /// <summary>Start of the profile's numbers in the block's list, followed by the count of each kind.</summary>
    public int Start;
    public short Roles;
    public short Topics;
    public short Muted;
    public short OtherRoles;

    /// <summary>Whether the reader named any roles, even if none has an effect in this edition.</summary>
    public bool HasRoles;
    public Depth? Depth;
    public TooFew TooFew;
    public bool RolledOver;

    public Cadence Cadence;
    public DayOfWeek? Weekday;
    public LocalTimes Local;

    /// <summary>Preferred local hour, 0 to 23; null for none.</summary>
    public byte? Hour;
    public bool IsSuppressed;
    public DateOnly? PausedUntil;
    public DateTimeOffset Confirmed;

    /// <summary>Due times of the nearest mails before and after this edition; null without one.</summary>
    public DateTimeOffset? LastMail;
    public DateTimeOffset? NextMail;

    /// <summary>False for a paused reader, or one whose cadence excludes this occurrence: no row is written.</summary>
    public bool IsWanted;

    /// <summary>Null if there is a composition.</summary>
    public string? SkipReason;
    public int CompositionStart;
    public int Choices;

    /// <summary>Null means at once.</summary>
    public DateTimeOffset? DueAt;
}
