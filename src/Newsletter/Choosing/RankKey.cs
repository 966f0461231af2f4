namespace Newsletter.Choosing;

/// <summary>
/// The rank of a candidate: more points rank higher; on a tie the lower number, which is newer or has the lower item id. Packed into 64
/// bits, so that one integer comparison is enough.
/// </summary>
internal readonly record struct RankKey : IComparable<RankKey>
{
    /// <summary>No candidate; ranks below all others.</summary>
    public static readonly RankKey None = new(-1);

    private readonly long packed;

    /// <param name="points">In thousandths, at least 0.</param>
    /// <param name="candidate">From 0.</param>
    public RankKey(int points, int candidate)
        : this(((long)points << 32) | (uint)(int.MaxValue - candidate))
    {
    }

    private RankKey(long packed) => this.packed = packed;

    public int Candidate => int.MaxValue - (int)(uint)packed;

    public bool IsAbove(RankKey other) => packed > other.packed;

    public static RankKey Highest(RankKey one, RankKey other) => new(Math.Max(one.packed, other.packed));

    /// <summary>Sorts the highest rank first.</summary>
    public int CompareTo(RankKey other) => other.packed.CompareTo(packed);
}

/// <summary>
/// The sort key of a pick within the mail: the lead, then the editor's order, then rank.
/// </summary>
/// <param name="Position">Position in the editor's order.</param>
/// <param name="Place">Index in the picks.</param>
internal readonly record struct ReadingKey(bool IsLead, int Position, RankKey Rank, int Place) : IComparable<ReadingKey>
{
    public int CompareTo(ReadingKey other) =>
        IsLead != other.IsLead ? other.IsLead.CompareTo(IsLead)
        : Position != other.Position ? Position.CompareTo(other.Position)
        : Rank.CompareTo(other.Rank);
}
