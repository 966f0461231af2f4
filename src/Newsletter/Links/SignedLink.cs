namespace Newsletter.Links;

/// <summary>What a signed link permits. The number is part of the signed data: never reuse a number for another purpose.</summary>
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

    /// <summary>The page of an item, if it is not public.</summary>
    Item = 10,
}

/// <summary>Identifies a row permanently: after a restore the database assigns the same ids again, but not the same secrets.</summary>
/// <param name="Secret">64 random bits, set when the row was created.</param>
public readonly record struct RowKey(long Id, long Secret)
{
    /// <summary>For test mails, whose links refer to no subscriber.</summary>
    public static readonly RowKey Nobody;
}

/// <summary>Content of a verified token. The row's store must check that the row still exists with this secret.</summary>
/// <param name="Row">A subscriber; a sign-up for Confirm (in the old format a subscriber); a notice for Export and Erase; an item for Item.</param>
/// <param name="Number">
/// Edition (View, Unsubscribe), subscriber (Export, Erase), or time of issue in seconds since 1970 (Return, and Confirm in the old format).
/// </param>
/// <param name="Second">The secret of the edition (View); otherwise 0.</param>
/// <param name="IsOldForm">The token has the format from before rows had secrets: valid only for rows of that time.</param>
public sealed record SignedLink(LinkPurpose Purpose, RowKey Row, long Number = 0, long Second = 0, bool IsOldForm = false)
{
    public bool IsTest => Row.Id == 0;

    /// <summary>True if a View link was made for this edition.</summary>
    public bool Shows(RowKey edition, bool hasOldLinks) => Number == edition.Id && (IsOldForm ? hasOldLinks : Second == edition.Secret);
}
