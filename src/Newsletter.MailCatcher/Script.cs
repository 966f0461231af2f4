using System.Collections.Immutable;

namespace Newsletter.MailCatcher;

/// <summary>A point of the SMTP session at which a script can inject a fault, before the server's reply.</summary>
public enum Step
{
    /// <summary>A connection was accepted; before the greeting.</summary>
    Connect,

    /// <summary>EHLO or HELO.</summary>
    Ehlo,

    StartTls,
    Auth,
    Mail,
    Rcpt,

    /// <summary>The DATA command was received; before "354".</summary>
    Data,

    /// <summary>"354" was sent, and the first bytes of the message have arrived.</summary>
    Body,

    /// <summary>The final dot was received; the message is not stored yet.</summary>
    Dot,

    /// <summary>The message is stored; before "250".</summary>
    Stored,

    Rset,
    Noop,
    Quit,
}

/// <summary>The fault: what the server does instead of its normal action.</summary>
public abstract record Deed
{
    private Deed()
    {
    }

    /// <summary>
    /// Sends this reply and skips the normal action. After 421, at <see cref="Step.Connect"/> and at <see cref="Step.Body"/> the server also
    /// closes the connection.
    /// </summary>
    /// <param name="Code">200 to 599.</param>
    /// <param name="Text">May begin with an enhanced status code: "5.1.1 No such user". "\n" makes a multiline reply.</param>
    /// <param name="Closes">The server closes the connection after the reply, regardless of the code.</param>
    public sealed record Reply(int Code, string Text, bool Closes = false) : Deed;

    /// <summary>Closes the connection without a reply.</summary>
    public sealed record Drop : Deed;

    /// <summary>Waits, then continues with the next matching rule, or with the normal action.</summary>
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

    /// <summary>Adds a rule. If several match, they run in order up to and including the first that is not a stall.</summary>
    /// <param name="step">The step at which the rule applies.</param>
    /// <param name="fault">The fault.</param>
    /// <param name="recipient">
    /// Limits the rule to this address, case-insensitive; from <see cref="Step.Data"/> on: to messages with this recipient.
    /// </param>
    /// <param name="first">
    /// Number of the first match at which the rule acts, counted over all connections from 1: 3 with <paramref name="times"/> 1 means
    /// "only the third".
    /// </param>
    /// <param name="times">Maximum number of times that the rule acts.</param>
    public Script On(Step step, Deed fault, string? recipient = null, int first = 1, int times = int.MaxValue)
    {
        var rule = new Rule(step, fault, recipient, first, times);
        ImmutableInterlocked.Update(ref rules, (now, added) => now.Add(added), rule);
        return this;
    }

    /// <summary>Removes all rules.</summary>
    public void Clear() => ImmutableInterlocked.InterlockedExchange(ref rules, []);

    internal IEnumerable<Deed> At(Step step, IReadOnlyList<string> recipients) =>
        rules.Where(rule => rule.Acts(step, recipients)).Select(rule => rule.Fault);

    private sealed class Rule(Step step, Deed fault, string? recipient, int first, int times)
    {
        private int matches;

        public Deed Fault => fault;

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
