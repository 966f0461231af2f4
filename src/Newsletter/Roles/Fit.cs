namespace Newsletter.Roles;

/// <summary>How an item's role fits a reader's role. Neighbours and siblings do not fit.</summary>
public enum Fit
{
    None,

    /// <summary>The same role.</summary>
    Same,

    /// <summary>The item's role is a narrower form of the reader's: a Product Manager also gets what is best for an AI Product Manager.</summary>
    Narrower,

    /// <summary>The item's role is a broader form of the reader's.</summary>
    Broader,
}
