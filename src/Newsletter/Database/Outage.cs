using Npgsql;

namespace Newsletter.Database;

/// <summary>
/// Operational failures of the database or a disk: temporary, not bugs of this program, and fixed by an operator. Any other
/// failure of a statement is a bug.
/// </summary>
public static class Outage
{
    /// <summary>ENOSPC and EDQUOT, which .NET passes on as HResult.</summary>
    private static readonly int[] NoSpace = [28, 122];

    /// <returns>One sentence with the cause and the remedy; null if the failure is not an outage.</returns>
    public static string? Describe(Exception failure)
    {
        // Libraries wrap the original exception: the innermost one that is recognised is the most specific.
        string? sentence = null;
        for (var at = failure; at is not null; at = at.InnerException)
        {
            sentence = SentenceFor(at) ?? sentence;
        }
        return sentence;
    }

    private static string? SentenceFor(Exception failure) => failure switch
    {
        PostgresException refused => SentenceFor(refused.SqlState, refused.MessageText),
        NpgsqlException when failure.Message.Contains("pool has been exhausted", StringComparison.Ordinal) =>
            "All connections of this process to the database are in use: raise Maximum Pool Size in ConnectionStrings:Newsletter, "
            + "and the server's max_connections.",
        NpgsqlException => Unreachable(failure.Message),
        IOException when NoSpace.Contains(failure.HResult) =>
            $"The disk is full ({failure.Message.ReplaceLineEndings(" ").TrimEnd('.')}): free some space, then try again.",
        _ => null,
    };

    /// <remarks>https://www.postgresql.org/docs/current/errcodes-appendix.html</remarks>
    private static string? SentenceFor(string state, string message) => state switch
    {
        PostgresErrorCodes.DiskFull => $"The disk of the database is full ({message}): free some space, then try again.",
        PostgresErrorCodes.OutOfMemory => $"The database server is out of memory ({message}): give it more, or lower its work_mem and max_connections.",
        PostgresErrorCodes.TooManyConnections =>
            "The database takes no more connections: raise its max_connections, or run fewer processes with a smaller Maximum Pool Size.",
        PostgresErrorCodes.ReadOnlySqlTransaction =>
            "The database is read-only (it may be a standby): name the primary in ConnectionStrings:Newsletter "
            + "(with several hosts, Target Session Attributes=primary).",
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown => $"The database was shut down ({message}): see its log, and start it again.",
        PostgresErrorCodes.CannotConnectNow => $"The database is not ready ({message}): try again in a moment.",
        PostgresErrorCodes.QueryCanceled => $"The database took too long ({message}): try again, or raise its statement_timeout.",
        PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure =>
            $"A lock or a concurrent transaction blocked the statement ({message}): try again.",
        PostgresErrorCodes.InvalidCatalogName => Unreachable(message),
        // Error classes: 08 connection, 28 authorization, 53 resources, 57 operator intervention, 58 system error.
        _ => state[..2] is "08" or "28" or "53" or "57" or "58" ? Unreachable(message) : null,
    };

    private static string Unreachable(string message) =>
        $"The database cannot be reached ({message.ReplaceLineEndings(" ").TrimEnd('.')}): check ConnectionStrings:Newsletter and that PostgreSQL runs.";
}
