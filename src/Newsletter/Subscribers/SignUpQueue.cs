using Microsoft.Extensions.Logging;
using Newsletter.Addresses;
using Newsletter.Database;

namespace Newsletter.Subscribers;

/// <summary>
/// Takes sign-ups from the web in one way for all addresses, and handles them afterwards. What is done for an address takes
/// longer for a person who is known than for a stranger: whoever waits for the answer must not see it.
/// </summary>
public sealed class SignUpQueue(SignUpQueueStore store, NewLabelStore labels, SignUp signUp, ILogger<SignUpQueue> log)
{
    /// <summary>At the start there may be some that a process before has left.</summary>
    private volatile bool mayBeSome = true;

    /// <summary>What was logged last; null when nothing is waited for.</summary>
    private string? waitsFor;

    /// <exception cref="Refusal">Invalid, for roles or topics that are, and for too many new ones; it says nothing about the address.</exception>
    public async Task EnqueueAsync(EmailAddress address, IReadOnlyList<string> roles, IReadOnlyList<string> topics)
    {
        var chosen = new Preferences { Roles = [.. roles], Topics = [.. topics] }.Checked();
        await labels.CheckAsync(chosen.Roles);
        await store.AddAsync(address, chosen.Roles, chosen.Topics);
        mayBeSome = true;
    }

    /// <summary>Handles what this process has taken since, without a look into the database when that is nothing.</summary>
    public async Task ProcessOwnAsync(CancellationToken stop)
    {
        if (mayBeSome)
        {
            mayBeSome = false;
            await ProcessAsync(stop);
        }
    }

    /// <summary>Handles all there are, until none is left.</summary>
    public async Task ProcessAsync(CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested && await store.ProcessNextAsync(ProcessAsync))
            {
            }
            waitsFor = null;
        }
        catch (Exception failure)
        {
            // The rest waits for the next run.
            mayBeSome = true;
            var reason = Redaction.Of(Outage.Describe(failure) ?? failure.Message);
            if (reason != waitsFor)
            {
                SignUpLog.SignUpsWait(log, reason);
            }
            waitsFor = reason;
        }
    }

    /// <returns>False when it is to be tried again.</returns>
    private async Task<bool> ProcessAsync(QueuedSignUp typed)
    {
        try
        {
            await signUp.RequestAsync(EmailAddress.Parse(typed.Email), typed.Roles, typed.Topics);
            return true;
        }
        catch (Refusal refusal)
        {
            // Tried again it would be refused again.
            SignUpLog.SignUpDropped(log, Redaction.Of(refusal.Message));
            return true;
        }
        catch (Exception failure) when (Outage.Describe(failure) is null)
        {
            // Perhaps a process of another version is needed; those behind it go on.
            SignUpLog.SignUpFailed(log, Redaction.Of(failure.Message));
            return false;
        }
    }
}
