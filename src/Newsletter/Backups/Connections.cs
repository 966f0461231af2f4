using Npgsql;

namespace Newsletter.Backups;

/// <summary>A connection that is closed when it is disposed: a pool would keep the session, and with it the database in use.</summary>
internal static class Connections
{
    public static async Task<NpgsqlConnection> OpenAsync(string connectionString, CancellationToken cancel)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        try
        {
            await connection.OpenAsync(cancel);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
