namespace Newsletter.Notices;

/// <summary>The states of a notice, as stored.</summary>
internal static class NoticeState
{
    public const string Due = "due";
    public const string Sending = "sending";
    public const string Sent = "sent";
    public const string Failed = "failed";

    /// <summary>It is unknown whether the mail arrived.</summary>
    public const string Uncertain = "uncertain";

    /// <summary>The brake on sign-ups holds it until an operator decides.</summary>
    public const string Held = "held";
}
