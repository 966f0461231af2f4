namespace Newsletter.Digests;

/// <summary>
/// The state machine of editions. <see cref="All"/> is its transition table: any other transition is refused.
/// <see cref="EditionTransitionStore"/> has one method per transition.
/// </summary>
/// <param name="Done">The past participle for audit entries and refusals: "edition approved".</param>
/// <param name="By">The actor that makes the transition.</param>
/// <param name="Sets">Columns of <c>editions</c> that the transition sets besides the state.</param>
/// <param name="Moves">Each allowed start state with the state it leads to.</param>
public sealed record EditionTransition(string Done, EditionMover By, string Sets, params IReadOnlyList<(string From, string To)> Moves)
{
    public static readonly EditionTransition Approve = new(
        "approved", EditionMover.Person, "approved_at, approved_by", (EditionState.Planned, EditionState.Approved));

    /// <summary>Approval of an edition whose digest needs none.</summary>
    public static readonly EditionTransition ApproveUnasked = new(
        "approved", EditionMover.Planner, "approved_at, approved_by", (EditionState.Planned, EditionState.Approved));

    public static readonly EditionTransition Schedule = new(
        "scheduled", EditionMover.Person, "send_at",
        (EditionState.Planned, EditionState.Planned), (EditionState.Approved, EditionState.Approved));

    /// <summary>Starts sending now and ignores readers' hours.</summary>
    public static readonly EditionTransition Send = new(
        "started", EditionMover.Person, "started_at, send_at, heartbeat_at, note, at_once", (EditionState.Approved, EditionState.Sending));

    /// <summary>Starts a due edition.</summary>
    public static readonly EditionTransition Start = new(
        "started", EditionMover.Schedule, "started_at, send_at, heartbeat_at, note", (EditionState.Approved, EditionState.Sending));

    /// <summary>The edition is already sending; from now on readers' hours are ignored.</summary>
    public static readonly EditionTransition Hurry = new(
        "hurried", EditionMover.Person, "at_once, heartbeat_at", (EditionState.Sending, EditionState.Sending));

    public static readonly EditionTransition Pause = new(
        "paused", EditionMover.Person, "note", (EditionState.Sending, EditionState.Paused));

    /// <summary>Too many refusals, or no heartbeat for 15 minutes.</summary>
    public static readonly EditionTransition PauseItself = new(
        "paused itself", EditionMover.Worker, "note", (EditionState.Sending, EditionState.Paused));

    public static readonly EditionTransition Resume = new(
        "resumed", EditionMover.Person, "note, heartbeat_at", (EditionState.Paused, EditionState.Sending));

    public static readonly EditionTransition Cancel = new(
        "cancelled", EditionMover.Person, "finished_at, note",
        (EditionState.Planned, EditionState.Cancelled), (EditionState.Approved, EditionState.Cancelled),
        (EditionState.Sending, EditionState.Cancelled), (EditionState.Paused, EditionState.Cancelled));

    /// <summary>The send time is past by more than the catch-up limit.</summary>
    public static readonly EditionTransition Miss = new(
        "missed", EditionMover.Schedule, "finished_at, note",
        (EditionState.Planned, EditionState.Missed), (EditionState.Approved, EditionState.Missed));

    /// <summary>Sends uncertain deliveries again: an edition that has ended starts sending again; a paused one stays paused.</summary>
    public static readonly EditionTransition SendAgain = new(
        "sent again", EditionMover.Person, "finished_at, heartbeat_at, started_at, send_at",
        (EditionState.Sending, EditionState.Sending), (EditionState.Sent, EditionState.Sending), (EditionState.Paused, EditionState.Paused));

    /// <summary>No delivery is due, deferred or in progress any more.</summary>
    public static readonly EditionTransition Finish = new(
        "finished", EditionMover.Worker, "finished_at, note", (EditionState.Sending, EditionState.Sent));

    /// <summary>An operator's decision after a restore to send nothing more: unsent deliveries are uncertain.</summary>
    public static readonly EditionTransition EndRestored = new(
        "ended after a restore", EditionMover.Person, "finished_at, note",
        (EditionState.Approved, EditionState.Sent), (EditionState.Sending, EditionState.Sent), (EditionState.Paused, EditionState.Sent));

    public static readonly IReadOnlyList<EditionTransition> All =
    [
        Approve, ApproveUnasked, Schedule, Send, Start, Hurry, Pause, PauseItself, Resume, Cancel, Miss, SendAgain, Finish, EndRestored,
    ];

    /// <returns>The state that the transition leads to; null if it is not allowed in this state.</returns>
    public string? From(string state) => Moves.Where(move => move.From == state).Select(move => move.To).FirstOrDefault();
}

/// <summary>The actor of a transition.</summary>
public enum EditionMover
{
    /// <summary>An editor or operator, by page or command.</summary>
    Person,

    Planner,

    /// <summary>The job that runs every minute.</summary>
    Schedule,

    /// <summary>Any process that sends.</summary>
    Worker,
}
