using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Newsletter.Database;

internal static class DatabaseRegistration
{
    /// <summary>In bytes. Planning reads hundreds of megabytes; the default buffer of 8 kB would wake the reading thread every 8 kB.</summary>
    private const int ReadBuffer = 64 * 1024;

    public static IServiceCollection AddDatabase(this IServiceCollection services, string connectionString)
    {
        services.AddSingleton(_ => DataSourceOf(connectionString));
        services.AddSingleton(new Migrations(connectionString));
        services.AddSingleton<AuditStore>();
        return services;
    }

    internal static NpgsqlDataSource DataSourceOf(string connectionString) =>
        NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { ReadBufferSize = ReadBuffer });
}
