namespace Newsletter.MailCatcher;

/// <summary>Carries out what the script of a test asks for at a step of the conversation.</summary>
internal sealed class ScriptedFaults(Wire wire, Script script)
{
    /// <param name="recipients">The step is about these addresses.</param>
    public async ValueTask<FaultOutcome> PlayAsync(Step step, IReadOnlyList<string> recipients)
    {
        foreach (var deed in script.At(step, recipients))
        {
            // With pipelining, replies to earlier commands must be sent before this fault.
            await wire.FlushAsync();
            switch (deed)
            {
                case Deed.Stall(var time):
                    await wire.StallAsync(time);
                    continue;
                case Deed.Reply(var code, var text):
                    wire.Reply(code, text);
                    return code == 421 || step == Step.Connect ? FaultOutcome.Ends : FaultOutcome.Replied;
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
    /// <summary>Nothing, or it delayed the step: the session answers itself.</summary>
    None,

    /// <summary>The script sent the reply; the session continues.</summary>
    Replied,

    /// <summary>The connection is closed.</summary>
    Ends,
}
