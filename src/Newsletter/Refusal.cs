namespace Newsletter;

/// <summary>Why something was refused. The number is the exit code of the command line.</summary>
public enum RefusalKind
{
    /// <summary>What was given is not valid, or a check failed.</summary>
    Invalid = 3,

    /// <summary>There is no such thing.</summary>
    NotFound = 4,

    /// <summary>It does not go together with what is there: already sent, plan changed.</summary>
    Conflict = 5,

    /// <summary>The database or the SMTP server could not be reached.</summary>
    Unreachable = 6,
}

/// <summary>
/// An answer that is no accident: one sentence for a person, saying what is wrong, where, and what to do.
/// The command line prints it without a stack trace; the web answers 400, 404, 409 or 503.
/// </summary>
public sealed class Refusal(RefusalKind kind, string message, Exception? cause = null) : Exception(message, cause)
{
    public RefusalKind Kind { get; } = kind;

    /// <summary>What it is about, by the name of the property that holds it, such as <c>Hour</c>: a form shows it there. Null: no one field.</summary>
    public string? Field { get; private init; }

    /// <summary>The same, about a field; one that names its field already keeps it.</summary>
    public Refusal About(string field) => new(Kind, Message, InnerException) { Field = Field ?? field };

    /// <summary>Runs a reader for a field and attributes its refusal to that field.</summary>
    public static T Reading<T>(string field, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Refusal refusal)
        {
            throw refusal.About(field);
        }
    }

    public static void Reading(string field, Action read) => Reading(field, () =>
    {
        read();
        return true;
    });

    public static Refusal Invalid(string message, Exception? cause = null) => new(RefusalKind.Invalid, message, cause);

    public static Refusal NotFound(string message) => new(RefusalKind.NotFound, message);

    public static Refusal Conflict(string message) => new(RefusalKind.Conflict, message);

    public static Refusal Unreachable(string message, Exception? cause = null) => new(RefusalKind.Unreachable, message, cause);
}
