using System.Collections.Immutable;

namespace Newsletter.MailCatcher;

/// <summary>A moment of the conversation at which a script may interfere, before the server's reply.</summary>
public enum Step
{
    /// <summary>A connection was accepted; the greeting is due.</summary>
    Connect,

    /// <summary>EHLO or HELO.</summary>
    Ehlo,

    StartTls,
    Auth,
    Mail,
    Rcpt,

    /// <summary>The DATA command; "354" is due.</summary>
    Data,

    /// <summary>"354" was sent and the first bytes of the message are here.</summary>
    Body,

    /// <summary>The final dot is here; nothing is stored.</summary>
    Dot,

    /// <summary>The message is stored; "250" is due.</summary>
    Stored,

    Rset,
    Noop,
    Quit,
}

/// <summary>What the server does instead of its duty.</summary>
public abstract record Deed
{
    private Deed()
    {
    }

    /// <summary>
    /// Replies and leaves the duty undone. After 421, at <see cref="Step.Connect"/> and at <see cref="Step.Body"/> the server closes as well.
    /// </summary>
    /// <param name="Code">200 to 599.</param>
    /// <param name="Text">With the enhanced status code, if it is to have one: "5.1.1 No such user". "\n" makes a reply of several lines.</param>
    /// <param name="Closes">The server closes the connection after the reply, whatever its code.</param>
    public sealed record Reply(int Code, string Text, bool Closes = false) : Deed;

    /// <summary>Closes the connection without a word.</summary>
    public sealed record Drop : Deed;

    /// <summary>Waits, then goes on with the next rule that matches, or with its duty.</summary>
    public sealed record Stall(TimeSpan Time) : Deed;
}

/// <summary>
/// Faults for tests: <c>new Script().On(Step.Rcpt, new Deed.Reply(550, "5.1.1 No such user"), recipient: "a@example.com")</c>.
/// Rules may be added and cleared while the server runs.
/// </summary>
public sealed class Script
{
    private ImmutableArray<Rule> rules = [];

    internal bool IsEmpty => rules.IsEmpty;

    /// <summary>Adds a rule. Of several that match, the first that isn't a stall ends the matter.</summary>
    /// <param name="step">When.</param>
    /// <param name="deed">What.</param>
    /// <param name="recipient">Only for this address; from <see cref="Step.Data"/> on: for messages that have it among their recipients. Letter case is ignored.</param>
    /// <param name="first">The match at which the rule begins to act, counted over all connections from 1: 3 with <paramref name="times"/> 1 is "only the third".</param>
    /// <param name="times">How often it acts.</param>
    public Script On(Step step, Deed deed, string? recipient = null, int first = 1, int times = int.MaxValue)
    {
        var rule = new Rule(step, deed, recipient, first, times);
        ImmutableInterlocked.Update(ref rules, (now, added) => now.Add(added), rule);
        return this;
    }

    /// <summary>From now on everything works.</summary>
    public void Clear() => ImmutableInterlocked.InterlockedExchange(ref rules, []);

    internal IEnumerable<Deed> At(Step step, IReadOnlyList<string> recipients) =>
        rules.Where(rule => rule.Acts(step, recipients)).Select(rule => rule.Deed);

    private sealed class Rule(Step step, Deed deed, string? recipient, int first, int times)
    {
        private int matches;

        public Deed Deed => deed;

        public bool Acts(Step at, IReadOnlyList<string> recipients)
        {
            if (at != step || (recipient is not null && !recipients.Contains(recipient, StringComparer.OrdinalIgnoreCase)))
            {
                return false;
            }

            var match = Interlocked.Increment(ref matches);
            return match >= first && match - first < times;
        }
    }
}
