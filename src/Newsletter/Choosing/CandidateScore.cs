namespace Newsletter.Choosing;

/// <summary>The score of a candidate for a reader.</summary>
internal struct CandidateScore
{
    public int Candidate;
    public SelectionOutcome Outcome;

    /// <summary>Bit set of the profile's roles that the candidate is for.</summary>
    public ulong Roles;

    /// <summary>Index in the profile of the role with most points.</summary>
    public int Role;

    /// <summary>Number of its topics that the reader follows.</summary>
    public int Topics;

    /// <summary>All points, in thousandths.</summary>
    public int Points;

    public bool IsPinned;
    public bool IsLead;
}

/// <summary>The outcome for a candidate.</summary>
internal enum SelectionOutcome : byte
{
    /// <summary>Fits none of the reader's roles.</summary>
    Unfit,

    /// <summary>Fits, but other candidates have more points.</summary>
    OverLimit,
    Chosen,

    /// <summary>The reader has already seen its story.</summary>
    Seen,
    Muted,
    Excluded,

    /// <summary>Another item of this mail tells the same story.</summary>
    SameStory,
    TopicFull,
    PublicationFull,
}
