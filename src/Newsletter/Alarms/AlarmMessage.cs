namespace Newsletter.Alarms;

/// <summary>An alarm on its way to one operator, or to the webhook; its caller alone may send it.</summary>
public sealed record AlarmMessage
{
    public required long Id { get; init; }

    public required long AlarmId { get; init; }

    /// <summary>1 for the first.</summary>
    public required int Attempt { get; init; }

    public required Guid MessageId { get; init; }

    public required DateTimeOffset RaisedAt { get; init; }

    /// <summary>Null for the webhook, and for whoever is to get no mail any more.</summary>
    public required string? Email { get; init; }

    public required Alarm Alarm { get; init; }
}
