namespace Newsletter.Alarms;

/// <summary>An alarm claimed for delivery to one operator or to the webhook. Only the process that claimed it may send it.</summary>
public sealed record AlarmMessage
{
    public required long Id { get; init; }

    public required long AlarmId { get; init; }

    /// <summary>Number of this attempt, from 1.</summary>
    public required int Attempt { get; init; }

    public required Guid MessageId { get; init; }

    public required DateTimeOffset RaisedAt { get; init; }

    /// <summary>Null for the webhook, and if the person must no longer receive mail.</summary>
    public required string? Email { get; init; }

    public required Alarm Alarm { get; init; }
}
