namespace Newsletter.Benchmarks;

/// <summary>What planning costs for one number of readers. Names are those of the JSON line.</summary>
internal sealed record PlanningFigures
{
    public required int Readers { get; init; }
    public required int Rows { get; init; }
    public required int Cohorts { get; init; }
    public required int Compositions { get; init; }

    /// <summary>Each run, in order.</summary>
    public required IReadOnlyList<double> PlanSeconds { get; init; }

    public required double MedianSeconds { get; init; }

    /// <summary>Of simulating the same plan; the median.</summary>
    public required double SimulateSeconds { get; init; }

    public required double SimulatePeakMegabytesAboveIdle { get; init; }

    /// <summary>Of a bare COPY of the same rows.</summary>
    public required double CopySeconds { get; init; }

    /// <summary>Of packing the history of the last edition before.</summary>
    public required double PackSeconds { get; init; }

    /// <summary>Planning to bare COPY.</summary>
    public required double Ratio { get; init; }

    public required double PeakMegabytesAboveIdle { get; init; }
    public required double IdleMegabytes { get; init; }

    /// <summary>Processor time of the median run: ours, and the database server's.</summary>
    public required double OwnCpuSeconds { get; init; }
    public required double DatabaseCpuSeconds { get; init; }
    public required int RowsPerSecond { get; init; }
}
