using System.Globalization;
using Microsoft.Extensions.Logging;
using Newsletter.Addresses;
using Newsletter.Database;
using Npgsql;

namespace Newsletter.Accounts;

/// <summary>
/// Logs each failed try that was within the rate limit. The audit log gets only the first failure of a period, each network that
/// reaches its limit, and then the account that reaches its own: an attacker must not be able to fill a table.
/// </summary>
public sealed class SignInJournal(NpgsqlDataSource database, AuditStore audit, ILogger<SignInJournal> log)
{
    private const string Actor = "sign-in";

    /// <param name="editor">Null: no editor has the address.</param>
    /// <param name="allowed">The current limit of one network.</param>
    /// <param name="many">After this many failures for an account, the limit of each network is lower.</param>
    internal async Task FailedAsync(EmailAddress address, int? editor, string client, SignInTries tries, int allowed, int many, TimeSpan window)
    {
        var (id, who, minutes) = (editor ?? 0, editor is null ? "an address that nobody has" : address.Value, (int)window.TotalMinutes);
        var news = new List<(string Action, string Subject)>();
        SignInLog.SignInFailed(log, id, client);
        if (tries.OfAccount == 1)
        {
            news.Add(("sign-in failed", $"{who}, from {client}"));
        }
        if (tries.OfClient == allowed)
        {
            SignInLog.SignInLocked(log, id, client, minutes);
            if (tries.OfAccount <= many)
            {
                news.Add(("sign-in locked", $"{who}, from {client}"));
            }
        }
        if (tries.OfAccount == many)
        {
            SignInLog.SignInsSlowed(log, id, many, minutes);
            news.Add(("sign-ins slowed", string.Create(CultureInfo.InvariantCulture, $"{who}: {many} failed within {minutes} minutes")));
        }
        if (news.Count > 0)
        {
            await AuditAsync(news);
        }
    }

    private async Task AuditAsync(List<(string Action, string Subject)> news)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        // Otherwise the response time would show whether something was recorded.
        await AuditStore.CommitWithoutFlushAsync(connection, transaction);
        foreach (var (action, subject) in news)
        {
            await audit.RecordAsync(connection, transaction, Actor, action, subject);
        }
        await transaction.CommitAsync();
    }
}
