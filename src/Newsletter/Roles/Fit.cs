namespace Newsletter.Roles;

/// <summary>How a reader's role stands to an item's role. Neighbours and siblings do not fit.</summary>
public enum Fit
{
    None,

    /// <summary>The same role.</summary>
    Same,

    /// <summary>The item's role is a narrower form of the reader's: a Product Manager reads what is best for an AI Product Manager.</summary>
    Narrower,

    /// <summary>The item's role is a broader form of the reader's.</summary>
    Broader,
}
