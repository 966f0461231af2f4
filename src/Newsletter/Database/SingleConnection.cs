using Npgsql;

namespace Newsletter.Database;

/// <summary>A connection outside of the pools: what is set or locked on it ends with it.</summary>
public static class SingleConnection
{
    /// <exception cref="Refusal">Invalid: a connection string that is none. Unreachable: no database.</exception>
    public static async Task<NpgsqlConnection> OpenAsync(string connectionString, CancellationToken cancel)
    {
        NpgsqlConnection connection;
        try
        {
            connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        }
        catch (ArgumentException malformed)
        {
            throw Refusal.Invalid($"ConnectionStrings:Newsletter cannot be read ({malformed.Message.TrimEnd('.')}).");
        }
        var opening = connection.OpenAsync(cancel);
        try
        {
            // Npgsql does not cancel its wait for the first byte of the server's answer, and cannot close a connection that is still opening.
            await opening.WaitAsync(cancel);
            return connection;
        }
        catch (OperationCanceledException)
        {
            _ = opening.ContinueWith(_ => connection.Dispose(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            throw;
        }
        catch (NpgsqlException failure)
        {
            await connection.DisposeAsync();
            throw Refusal.Unreachable(Outage.Describe(failure) ?? $"The database cannot be reached ({failure.Message}).", failure);
        }
    }
}
