namespace Newsletter.Deliveries;

/// <summary>When a deferred delivery is tried again, and when it fails for good. The times go into SQL as intervals.</summary>
internal static class RetryTimes
{
    /// <summary>Attempts, the first one included; with the delays below they take about a day.</summary>
    public const int MaxAttempts = 14;

    /// <summary>Doubled after each attempt.</summary>
    public const string FirstDelay = "1 minute";

    public const string MaxDelay = "4 hours";

    /// <summary>After the start of the edition: later retries would deliver old news.</summary>
    public const string GiveUpAfter = "48 hours";
}
