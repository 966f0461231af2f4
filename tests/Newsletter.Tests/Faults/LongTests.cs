namespace Newsletter.Tests.Faults;

/// <summary>One after the other: <c>./newsletter test-faults</c>.</summary>
[CollectionDefinition(nameof(LongTests), DisableParallelization = true)]
public sealed class LongTests;
