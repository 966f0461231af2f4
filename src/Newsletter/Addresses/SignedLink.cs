namespace Newsletter.Addresses;

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
}

/// <summary>What a verified token says.</summary>
/// <param name="EditionId">Of an unsubscribe or view link; else null.</param>
/// <param name="NoticeId">Of an export or erase link: the notice that holds it, which knows whether it is still good; else null.</param>
public sealed record SignedLink(LinkPurpose Purpose, long SubscriberId, long? EditionId, long? NoticeId = null);
