using System.Globalization;
using Npgsql;

namespace Newsletter.Database;

/// <summary>
/// How PostgreSQL's own programs reach the server that a connection of ours has reached. All by environment variables:
/// what stands in arguments is seen by everybody on the machine.
/// </summary>
internal static class LibpqEnvironment
{
    /// <param name="connection">Open: where several hosts are configured, it says which one answered.</param>
    /// <param name="connectionString">What it was opened with: the connection itself no longer tells its password.</param>
    /// <exception cref="Refusal">Invalid: the key of the client's certificate has a passphrase, which has no variable.</exception>
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
            // Each would lead elsewhere than our own connection went.
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
        // Without a file Npgsql believes the authorities that the system believes; libpq knows that word from 16 on.
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
