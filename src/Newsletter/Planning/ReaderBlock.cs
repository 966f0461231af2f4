using System.Runtime.InteropServices;
using Newsletter.Choosing;
using Newsletter.Items;

namespace Newsletter.Planning;

/// <summary>
/// Some thousands of readers in order of their ids, and what was composed for them. Laid flat: what differs in length stands
/// in shared lists, so that a million readers cost no million objects.
/// </summary>
/// <param name="stories">Stories of the shortlist.</param>
internal sealed class ReaderBlock(int stories)
{
    private readonly int words = (stories + 63) / 64;
    private readonly List<Reader> readers = [];
    private readonly List<int> numbers = [];
    private readonly List<byte> compositions = [];
    private ulong[] seen = [];

    public Span<Reader> Readers => CollectionsMarshal.AsSpan(readers);

    public int Count => readers.Count;

    /// <summary>Those that occur in this block first, in the order of their numbers.</summary>
    public List<Choice> NewChoices { get; } = [];

    public void Clear()
    {
        readers.Clear();
        numbers.Clear();
        compositions.Clear();
        NewChoices.Clear();
    }

    /// <summary>Each list ascending.</summary>
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

    /// <summary>The profile's numbers: roles, then topics followed, then topics muted.</summary>
    public ReadOnlySpan<int> NumbersOf(in Reader reader) =>
        CollectionsMarshal.AsSpan(numbers).Slice(reader.Start, reader.Roles + reader.Topics + reader.Muted);

    /// <summary>Ids of roles that make no difference in this edition.</summary>
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

    /// <summary>A bit for each story the reader had.</summary>
    public Span<ulong> Seen(int place) => seen.AsSpan(place * words, words);

    /// <summary>Nobody has had anything, until history says otherwise.</summary>
    public void ClearSeen()
    {
        if (seen.Length < readers.Count * words)
        {
            seen = new ulong[readers.Count * words];
        }
        Array.Clear(seen);
    }

    /// <summary>See <see cref="Composition"/>; empty for who was skipped.</summary>
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

    /// <summary>The place of a reader; below 0 for one who is not in the block.</summary>
    /// <param name="near">Where the one asked for before stood: rows come in order mostly.</param>
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

/// <summary>A subscriber as planning sees one, and what planning decides.</summary>
internal struct Reader
{
    public long Id;

    /// <summary>Where the profile's numbers begin in the block, and how many there are of each kind.</summary>
    public int Start;
    public short Roles;
    public short Topics;
    public short Muted;
    public short OtherRoles;

    /// <summary>Named roles, though perhaps none that matters here.</summary>
    public bool HasRoles;
    public Depth? Depth;
    public TooFew TooFew;
    public bool RolledOver;

    public Cadence Cadence;
    public DayOfWeek? Weekday;
    public LocalTimes Local;

    /// <summary>0 to 23, local; null for none.</summary>
    public byte? Hour;
    public bool IsSuppressed;
    public DateOnly? PausedUntil;
    public DateTimeOffset Confirmed;

    /// <summary>When the mails before and after this one were, or are to be, due; null for none.</summary>
    public DateTimeOffset? LastMail;
    public DateTimeOffset? NextMail;

    /// <summary>False for who is paused or outside their cadence, and has no row.</summary>
    public bool IsWanted;

    /// <summary>Null when there is a composition.</summary>
    public string? SkipReason;
    public int CompositionStart;
    public int Choices;

    /// <summary>Null is at once.</summary>
    public DateTimeOffset? DueAt;
}
