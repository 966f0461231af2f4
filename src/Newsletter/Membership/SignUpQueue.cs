using Microsoft.Extensions.Logging;
using Newsletter.Addresses;
using Newsletter.Database;
using Newsletter.Subscribers;

namespace Newsletter.Membership;

/// <summary>
/// Stores sign-ups from the web in the same way for all addresses, and processes them later. Processing takes longer for a known
/// address than for an unknown one: the response time must not show the difference.
/// </summary>
public sealed class SignUpQueue(SignUpQueueStore store, NewLabelStore labels, SignUp signUp, ILogger<SignUpQueue> log)
{
    /// <summary>True at the start: an earlier process may have left sign-ups in the queue.</summary>
    private volatile bool mayHaveWork = true;

    /// <summary>The last logged failure, so that it is logged only once; null when nothing waits.</summary>
    private string? loggedReason;

    /// <exception cref="Refusal">Invalid: invalid roles or topics, or too many new roles. The message says nothing about the address.</exception>
    public async Task EnqueueAsync(EmailAddress address, IReadOnlyList<string> roles, IReadOnlyList<string> topics)
    {
        var chosen = new Preferences { Roles = [.. roles], Topics = [.. topics] }.Checked();
        await labels.CheckAsync(chosen.Roles);
        await store.AddAsync(address, chosen.Roles, chosen.Topics);
        mayHaveWork = true;
    }

    /// <summary>Does not query the database if this process has queued nothing, so frequent calls cost little.</summary>
    public async Task ProcessOwnAsync(CancellationToken stop)
    {
        if (mayHaveWork)
        {
            mayHaveWork = false;
            await ProcessAsync(stop);
        }
    }

    /// <summary>Also processes sign-ups that other processes have queued.</summary>
    public async Task ProcessAsync(CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested && await store.ProcessNextAsync(ProcessAsync))
            {
            }
            loggedReason = null;
        }
        catch (Exception failure)
        {
            // The remaining sign-ups stay in the queue for the next run.
            mayHaveWork = true;
            var reason = Redaction.Of(Outage.Describe(failure) ?? failure.Message);
            if (reason != loggedReason)
            {
                SignUpLog.SignUpsWait(log, reason);
            }
            loggedReason = reason;
        }
    }

    /// <returns>False when a retry is needed.</returns>
    private async Task<bool> ProcessAsync(QueuedSignUp typed)
    {
        try
        {
            await signUp.RequestAsync(EmailAddress.Parse(typed.Email), typed.Roles, typed.Topics);
            return true;
        }
        catch (Refusal refusal)
        {
            // A retry would be refused again.
            SignUpLog.SignUpDropped(log, Redaction.Of(refusal.Message));
            return true;
        }
        catch (Exception failure) when (Outage.Describe(failure) is null)
        {
            // A process of another version may succeed. The retry is later, so that this row does not block the rows behind it.
            SignUpLog.SignUpFailed(log, Redaction.Of(failure.Message));
            return false;
        }
    }
}
