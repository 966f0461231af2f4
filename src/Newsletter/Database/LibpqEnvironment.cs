using System.Globalization;
using Npgsql;

namespace Newsletter.Database;

/// <summary>
/// Connection settings with which PostgreSQL's own programs reach the same server as our connection. All are environment
/// variables: every user of the machine can see command line arguments.
/// </summary>
internal static class LibpqEnvironment
{
    /// <param name="connection">Must be open: if several hosts are configured, it tells which one answered.</param>
    /// <param name="connectionString">The string it was opened with: an open connection no longer exposes its password.</param>
    /// <exception cref="Refusal">Invalid: the key of the client certificate has a passphrase; libpq has no variable for it.</exception>
    public static IReadOnlyDictionary<string, string?> Of(NpgsqlConnection connection, string connectionString, int clientMajor)
    {
        var options = new NpgsqlConnectionStringBuilder(connectionString);
        if (!string.IsNullOrEmpty(options.SslPassword))
        {
            throw Refusal.Invalid("pg_dump and pg_restore cannot be given the Ssl Password of ConnectionStrings:Newsletter: use a key without a passphrase.");
        }
        var variables = new Dictionary<string, string?>
        {
            ["PGHOST"] = connection.Host,
            ["PGPORT"] = connection.Port.ToString(CultureInfo.InvariantCulture),
            ["PGDATABASE"] = connection.Database,
            ["PGSSLMODE"] = options.SslMode switch
            {
                SslMode.VerifyCA => "verify-ca",
                SslMode.VerifyFull => "verify-full",
                var mode => mode.ToString().ToLowerInvariant(),
            },
            ["PGCHANNELBINDING"] = options.ChannelBinding.ToString().ToLowerInvariant(),
            ["PGAPPNAME"] = "newsletter backup",
            // Removed: each of these could direct libpq to another server than our connection.
            ["PGSERVICE"] = null,
            ["PGHOSTADDR"] = null,
            ["PGTARGETSESSIONATTRS"] = null,
        };
        Set("PGUSER", options.Username);
        Set("PGPASSWORD", options.Password);
        Set("PGPASSFILE", options.Passfile);
        Set("PGOPTIONS", options.Options);
        Set("PGSSLCERT", options.SslCertificate);
        Set("PGSSLKEY", options.SslKey);
        Set("PGKRBSRVNAME", options.KerberosServiceName);
        // Without a file, Npgsql trusts the system's certificate authorities. libpq supports that ("system") since version 16.
        Set("PGSSLROOTCERT", options.RootCertificate ?? (options.SslMode == SslMode.VerifyFull && clientMajor >= 16
            ? Environment.GetEnvironmentVariable("PGSSLROOTCERT") ?? "system" : null));
        return variables;

        void Set(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                variables[name] = value;
            }
        }
    }
}
