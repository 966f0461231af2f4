using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Newsletter.Tests.Support;

/// <summary>What the program logs, in memory.</summary>
public sealed class LogLines : ILoggerProvider
{
    private readonly ConcurrentQueue<LogLine> lines = new();

    public IReadOnlyList<LogLine> All => [.. lines];

    /// <summary>Texts of warnings and errors that have no number.</summary>
    public IReadOnlyList<string> Warnings => [.. lines.Where(line => line is { Number: 0, Level: >= LogLevel.Warning }).Select(line => line.Text)];

    /// <summary>Those with a number, oldest first.</summary>
    public IReadOnlyList<LogLine> Of(int number) => [.. lines.Where(line => line.Number == number)];

    public ILogger CreateLogger(string categoryName) => new Logger(lines);

    public void Dispose()
    {
    }

    private sealed class Logger(ConcurrentQueue<LogLine> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue(new LogLine(eventId.Id, logLevel, formatter(state, exception),
                (state as IEnumerable<KeyValuePair<string, object?>>)?.ToDictionary(field => field.Key, field => field.Value) ?? []));
    }
}

public sealed record LogLine(int Number, LogLevel Level, string Text, IReadOnlyDictionary<string, object?> Fields);
