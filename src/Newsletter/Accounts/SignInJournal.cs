using System.Globalization;
using Microsoft.Extensions.Logging;
using Newsletter.Addresses;
using Newsletter.Database;
using Npgsql;

namespace Newsletter.Accounts;

/// <summary>
/// Logs each failed try within the rate limit. The audit log gets only the first failure of a period, each network that reaches its
/// limit, and the account when it reaches its own limit: an attacker must not be able to fill the table.
/// </summary>
public sealed class SignInJournal(NpgsqlDataSource database, AuditStore audit, ILogger<SignInJournal> log)
{
    private const string Actor = "sign-in";

    /// <param name="editor">Null: no editor has the address.</param>
    /// <param name="allowed">The current limit of one network.</param>
    /// <param name="many">After this number of failures for an account, the limit of each network is lower.</param>
    internal async Task FailedAsync(EmailAddress address, int? editor, string client, SignInTries tries, int allowed, int many, TimeSpan window)
    {
        var (id, who, minutes) = (editor ?? 0, editor is null ? "an address that nobody has" : address.Value, (int)window.TotalMinutes);
        var entries = new List<(string Action, string Subject)>();
        SignInLog.SignInFailed(log, id, client);
        if (tries.OfAccount == 1)
        {
            entries.Add(("sign-in failed", $"{who}, from {client}"));
        }
        if (tries.OfClient == allowed)
        {
            SignInLog.SignInLocked(log, id, client, minutes);
            if (tries.OfAccount <= many)
            {
                entries.Add(("sign-in locked", $"{who}, from {client}"));
            }
        }
        if (tries.OfAccount == many)
        {
            SignInLog.SignInsSlowed(log, id, many, minutes);
            entries.Add(("sign-ins slowed", string.Create(CultureInfo.InvariantCulture, $"{who}: {many} failed within {minutes} minutes")));
        }
        if (entries.Count > 0)
        {
            await AuditAsync(entries);
        }
    }

    private async Task AuditAsync(List<(string Action, string Subject)> entries)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        // With a flush, the response time would reveal whether something was recorded.
        await AuditStore.CommitWithoutFlushAsync(connection, transaction);
        foreach (var (action, subject) in entries)
        {
            await audit.RecordAsync(connection, transaction, Actor, action, subject);
        }
        await transaction.CommitAsync();
    }
}
