using System.Globalization;
using Microsoft.Extensions.Logging;
using Newsletter.Addresses;
using Newsletter.Database;
using Npgsql;

namespace Newsletter.Editors;

/// <summary>
/// Tells the log of each try that was judged and failed, and the audit log of what is new in it: the first of a while, and networks
/// that have to wait, until there are many. Strangers must not be able to fill a table.
/// </summary>
public sealed class SignInJournal(NpgsqlDataSource database, AuditLog audit, ILogger<SignInJournal> log)
{
    private const string Actor = "sign-in";

    /// <param name="editor">Null: nobody has the address.</param>
    /// <param name="allowed">How many tries a network has.</param>
    /// <param name="many">After so many for an account each network has fewer.</param>
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
        // Without waiting for the disk: an answer must not take longer where there is something to tell.
        await using (var quick = new NpgsqlCommand("set local synchronous_commit = off", connection, transaction))
        {
            await quick.ExecuteNonQueryAsync();
        }
        foreach (var (action, subject) in news)
        {
            await audit.RecordAsync(connection, transaction, Actor, action, subject);
        }
        await transaction.CommitAsync();
    }
}
