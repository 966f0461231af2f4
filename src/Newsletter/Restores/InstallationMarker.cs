namespace Newsletter.Restores;

/// <summary>The identity that a database has stored about itself, compared with its actual identity.</summary>
public sealed record InstallationMarker
{
    /// <summary>Time when the row was written, or when the last restore was confirmed.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>True if the row is in the table, database and cluster whose identity it contains.</summary>
    public required bool IsInPlace { get; init; }

    /// <summary>Time when a restore was detected; null if sending is allowed.</summary>
    public DateTimeOffset? RestoredAt { get; init; }

    /// <summary>How the restore was detected: one clause.</summary>
    public string? RestoredWhy { get; init; }
}

/// <summary>Progress of a sending process, as stored in its witness file.</summary>
/// <param name="Since">See <see cref="InstallationMarker.Since"/>.</param>
/// <param name="Batch">The highest batch number that it has recorded as started.</param>
public readonly record struct WitnessNote(Guid Id, DateTimeOffset Since, long Batch);
