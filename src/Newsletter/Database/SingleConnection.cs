using Npgsql;

namespace Newsletter.Database;

/// <summary>A connection outside the connection pools: its settings and locks end when it closes.</summary>
public static class SingleConnection
{
    /// <exception cref="Refusal">Invalid: malformed connection string. Unreachable: no database.</exception>
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
            // Npgsql cannot cancel its wait for the first byte of the server's reply, nor close a connection that is still opening.
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
