namespace Newsletter.Links;

/// <summary>What a signed link is good for. The number is part of what is signed: never give one a new meaning.</summary>
public enum LinkPurpose : byte
{
    Confirm = 1,
    Preferences = 2,
    Unsubscribe = 3,
    View = 4,
    Export = 5,
    Erase = 6,
    Return = 7,

    /// <summary>Not a link: the Message-ID of a delivery.</summary>
    DeliveryMail = 8,

    /// <summary>Not a link: the Message-ID of a notice.</summary>
    NoticeMail = 9,

    /// <summary>The page of an item that is not public.</summary>
    Item = 10,
}

/// <summary>Names a row for good: ids are given out again after a restore, the secret is not.</summary>
/// <param name="Secret">64 random bits that the row was made with.</param>
public readonly record struct RowKey(long Id, long Secret)
{
    /// <summary>Of a test mail: its links belong to nobody.</summary>
    public static readonly RowKey Nobody;
}

/// <summary>What a verified token says. Whether it names the row that is there now is for the row's store to check.</summary>
/// <param name="Row">A subscriber; with Confirm a sign-up, in the old form a subscriber; with Export and Erase a notice; with Item an item.</param>
/// <param name="Number">Edition (View, Unsubscribe), subscriber (Export, Erase), or time of issue in seconds since 1970 (Return, and Confirm of the old form).</param>
/// <param name="Second">The secret of the edition (View); else 0.</param>
/// <param name="IsOldForm">Made before rows had secrets, so without any: good for rows of that time only.</param>
public sealed record SignedLink(LinkPurpose Purpose, RowKey Row, long Number = 0, long Second = 0, bool IsOldForm = false)
{
    public bool IsTest => Row.Id == 0;

    /// <summary>Whether the edition of a View link is the one that it was made for.</summary>
    public bool Shows(RowKey edition, bool hasOldLinks) => Number == edition.Id && (IsOldForm ? hasOldLinks : Second == edition.Secret);
}
