namespace Newsletter.MailCatcher;

/// <summary>Executes the faults that a test's script defines for a step of the SMTP session.</summary>
internal sealed class ScriptedFaults(Wire wire, Script script)
{
    /// <param name="recipients">The recipients that this step concerns.</param>
    public async ValueTask<FaultOutcome> PlayAsync(Step step, IReadOnlyList<string> recipients)
    {
        foreach (var fault in script.At(step, recipients))
        {
            // With pipelining, the client must get the replies to earlier commands before this fault.
            await wire.FlushAsync();
            switch (fault)
            {
                case Deed.Stall(var time):
                    await wire.StallAsync(time);
                    continue;
                case Deed.Reply(var code, var text, var closes):
                    wire.Reply(code, text);
                    return closes || code == 421 || step == Step.Connect ? FaultOutcome.Ends : FaultOutcome.Replied;
                default:
                    return FaultOutcome.Ends;
            }
        }
        return FaultOutcome.None;
    }
}

/// <summary>What the script did at a step.</summary>
internal enum FaultOutcome
{
    /// <summary>The script did nothing, or only delayed the step. The session sends its normal reply.</summary>
    None,

    /// <summary>The script sent the reply; the session continues.</summary>
    Replied,

    /// <summary>The session must close the connection.</summary>
    Ends,
}
