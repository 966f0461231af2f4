namespace Newsletter.Benchmarks;

/// <summary>What sending costs. Names are those of the JSON line.</summary>
internal sealed record SendingFigures
{
    public required int Messages { get; init; }
    public required int Connections { get; init; }

    /// <summary>Different ones among the mails.</summary>
    public required int Compositions { get; init; }

    /// <summary>RSA-2048.</summary>
    public required bool Dkim { get; init; }

    public required SampleMail Mail { get; init; }

    /// <summary>Of <c>smtp-source</c>, messages a second: before our run and after it.</summary>
    public required IReadOnlyList<int> SourceRates { get; init; }

    /// <summary>Ours, messages a second, once .NET has compiled what sending is made of.</summary>
    public required int Rate { get; init; }

    /// <summary>Ours to the mean of those of <c>smtp-source</c>.</summary>
    public required double Ratio { get; init; }

    /// <summary>Processor time for a message, in microseconds: ours, the database server's and that of <c>smtp-sink</c>.</summary>
    public required int OwnCpuMicroseconds { get; init; }
    public required int DatabaseCpuMicroseconds { get; init; }
    public required int SinkCpuMicroseconds { get; init; }

    public required IReadOnlyList<SendingMemory> Memory { get; init; }
}

/// <summary>Resident memory while an edition is sent, in megabytes.</summary>
/// <param name="IdleMegabytes">Before, with all templates compiled.</param>
/// <param name="PeakMegabytesAboveIdle">At its highest, above that.</param>
/// <param name="PeakMegabytes">In all.</param>
internal sealed record SendingMemory(int Recipients, double IdleMegabytes, double PeakMegabytesAboveIdle, double PeakMegabytes)
{
    private const double Megabyte = 1 << 20;

    public static SendingMemory Of(int recipients, MeasuredSending sending) => new(
        recipients, Rounded(sending.IdleBytes), Rounded(sending.PeakBytes - sending.IdleBytes), Rounded(sending.PeakBytes));

    private static double Rounded(long bytes) => Math.Round(bytes / Megabyte, 1);
}
