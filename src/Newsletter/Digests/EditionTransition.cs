namespace Newsletter.Digests;

/// <summary>
/// How an edition moves on. <see cref="All"/> is the one table of the state machine: what is not in it is refused.
/// <see cref="EditionTransitionStore"/> has a method for each.
/// </summary>
/// <param name="Done">What the audit log says was done, and what a refusal says cannot be done: "edition approved".</param>
/// <param name="By">Who makes the transition.</param>
/// <param name="Sets">Columns of <c>editions</c> that it sets beside the state.</param>
/// <param name="Moves">Each state it may begin in, and the state it leads to.</param>
public sealed record EditionTransition(string Done, EditionMover By, string Sets, params IReadOnlyList<(string From, string To)> Moves)
{
    public static readonly EditionTransition Approve = new(
        "approved", EditionMover.Person, "approved_at, approved_by", (EditionState.Planned, EditionState.Approved));

    /// <summary>A digest that needs no approval.</summary>
    public static readonly EditionTransition ApproveUnasked = new(
        "approved", EditionMover.Planner, "approved_at, approved_by", (EditionState.Planned, EditionState.Approved));

    public static readonly EditionTransition Schedule = new(
        "scheduled", EditionMover.Person, "send_at",
        (EditionState.Planned, EditionState.Planned), (EditionState.Approved, EditionState.Approved));

    /// <summary>Now, whatever the hours that readers want.</summary>
    public static readonly EditionTransition Send = new(
        "started", EditionMover.Person, "started_at, send_at, heartbeat_at, note, at_once", (EditionState.Approved, EditionState.Sending));

    /// <summary>Its hour has come.</summary>
    public static readonly EditionTransition Start = new(
        "started", EditionMover.Schedule, "started_at, send_at, heartbeat_at, note", (EditionState.Approved, EditionState.Sending));

    /// <summary>It is sending already; from now on whatever the hours that readers want.</summary>
    public static readonly EditionTransition Hurry = new(
        "hurried", EditionMover.Person, "at_once, heartbeat_at", (EditionState.Sending, EditionState.Sending));

    public static readonly EditionTransition Pause = new(
        "paused", EditionMover.Person, "note", (EditionState.Sending, EditionState.Paused));

    /// <summary>Too many refusals, or nobody sent it for a long time.</summary>
    public static readonly EditionTransition PauseItself = new(
        "paused itself", EditionMover.Worker, "note", (EditionState.Sending, EditionState.Paused));

    public static readonly EditionTransition Resume = new(
        "resumed", EditionMover.Person, "note, heartbeat_at", (EditionState.Paused, EditionState.Sending));

    public static readonly EditionTransition Cancel = new(
        "cancelled", EditionMover.Person, "finished_at, note",
        (EditionState.Planned, EditionState.Cancelled), (EditionState.Approved, EditionState.Cancelled),
        (EditionState.Sending, EditionState.Cancelled), (EditionState.Paused, EditionState.Cancelled));

    /// <summary>Its hour is past by more than the catch-up limit.</summary>
    public static readonly EditionTransition Miss = new(
        "missed", EditionMover.Schedule, "finished_at, note",
        (EditionState.Planned, EditionState.Missed), (EditionState.Approved, EditionState.Missed));

    /// <summary>Uncertain deliveries are sent again: an edition that ended has work again; a paused one stays paused.</summary>
    public static readonly EditionTransition SendAgain = new(
        "sent again", EditionMover.Person, "finished_at, heartbeat_at, started_at, send_at",
        (EditionState.Sending, EditionState.Sending), (EditionState.Sent, EditionState.Sending), (EditionState.Paused, EditionState.Paused));

    /// <summary>Nothing is due, deferred or on the wire any more.</summary>
    public static readonly EditionTransition Finish = new(
        "finished", EditionMover.Worker, "finished_at, note", (EditionState.Sending, EditionState.Sent));

    /// <summary>After a restore an operator decided that nothing more is sent: what the copy had not sent is uncertain.</summary>
    public static readonly EditionTransition EndRestored = new(
        "ended after a restore", EditionMover.Person, "finished_at, note",
        (EditionState.Approved, EditionState.Sent), (EditionState.Sending, EditionState.Sent), (EditionState.Paused, EditionState.Sent));

    public static readonly IReadOnlyList<EditionTransition> All =
    [
        Approve, ApproveUnasked, Schedule, Send, Start, Hurry, Pause, PauseItself, Resume, Cancel, Miss, SendAgain, Finish, EndRestored,
    ];

    /// <returns>The state it leads to; null when it is refused in this one.</returns>
    public string? From(string state) => Moves.Where(move => move.From == state).Select(move => move.To).FirstOrDefault();
}

/// <summary>Who moves an edition on.</summary>
public enum EditionMover
{
    /// <summary>An editor or operator, by page or command.</summary>
    Person,

    Planner,

    /// <summary>The job that runs every minute.</summary>
    Schedule,

    /// <summary>Whatever process sends.</summary>
    Worker,
}
