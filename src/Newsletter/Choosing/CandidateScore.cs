namespace Newsletter.Choosing;

/// <summary>How a candidate scores for a reader.</summary>
internal struct CandidateScore
{
    public int Candidate;
    public SelectionOutcome Outcome;

    /// <summary>A bit for each role of the profile that the candidate is for.</summary>
    public ulong Roles;

    /// <summary>Place in the profile of the role that gives most points.</summary>
    public int Role;

    /// <summary>Number of its topics that the reader follows.</summary>
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

    /// <summary>It fits, and others have more points.</summary>
    OverLimit,
    Chosen,

    /// <summary>The reader had its story before.</summary>
    Seen,
    Muted,
    Excluded,

    /// <summary>Another item of this mail tells the same story.</summary>
    SameStory,
    TopicFull,
    PublicationFull,
}
