namespace Newsletter.Choosing;

/// <summary>How a candidate stands for a reader.</summary>
internal struct CandidateScore
{
    public int Candidate;
    public SelectionOutcome Verdict;

    /// <summary>A bit for each of the profile's roles it is for.</summary>
    public ulong Roles;

    /// <summary>Place in the profile of the role that gives most.</summary>
    public int Role;

    /// <summary>Of its topics, those followed.</summary>
    public int Topics;

    /// <summary>All points, in thousandths.</summary>
    public int Points;

    public bool IsPinned;
    public bool IsLead;
}

/// <summary>What became of a candidate.</summary>
internal enum SelectionOutcome : byte
{
    /// <summary>For none of the reader's roles.</summary>
    Unfit,

    /// <summary>It would do, and others have more points.</summary>
    OverLimit,
    Chosen,
    Seen,
    Muted,
    Excluded,

    /// <summary>Another item of this mail tells the same story.</summary>
    SameStory,
    TopicFull,
    PublicationFull,
}
