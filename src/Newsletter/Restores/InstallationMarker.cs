namespace Newsletter.Restores;

/// <summary>What a database says about itself, and whether it is still the one that said so.</summary>
public sealed record InstallationMarker
{
    /// <summary>When the row was written, or the last restore confirmed.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The row stands in the table, database and cluster that it names.</summary>
    public required bool IsInPlace { get; init; }

    /// <summary>Null: sending goes on.</summary>
    public DateTimeOffset? RestoredAt { get; init; }

    /// <summary>By what it was noticed: one clause.</summary>
    public string? RestoredWhy { get; init; }
}

/// <summary>A process that sends, and how far it came.</summary>
/// <param name="Since">See <see cref="InstallationMarker.Since"/>.</param>
/// <param name="Batch">The highest batch of mails that it has recorded as begun.</param>
public readonly record struct WitnessNote(Guid Id, DateTimeOffset Since, long Batch);
