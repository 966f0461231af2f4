namespace Newsletter.Deliveries;

/// <summary>A relay that a process cannot reach.</summary>
public sealed record RelayAbsence
{
    /// <summary>Host and port.</summary>
    public required string Relay { get; init; }

    public required DateTimeOffset Since { get; init; }

    public required string Reason { get; init; }
}
