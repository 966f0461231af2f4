namespace Newsletter.Alarms;

/// <summary>The states of an alarm's message, as the program sets them.</summary>
internal static class AlarmMessageState
{
    public const string Due = "due";
    public const string Sent = "sent";
    public const string Failed = "failed";
}
