namespace Newsletter;

/// <summary>The kind of a refusal. The number is the exit code of the command line.</summary>
public enum RefusalKind
{
    /// <summary>Invalid input, or a failed check.</summary>
    Invalid = 3,

    /// <summary>The object does not exist.</summary>
    NotFound = 4,

    /// <summary>The request conflicts with the current state: already sent, plan changed.</summary>
    Conflict = 5,

    /// <summary>The database or the SMTP server could not be reached.</summary>
    Unreachable = 6,
}

/// <summary>
/// An expected error, not a bug: one sentence for a person that says what is wrong, where, and what to do. The command line prints it
/// without a stack trace; the web responds with status 400, 404, 409 or 503.
/// </summary>
public sealed class Refusal(RefusalKind kind, string message, Exception? cause = null) : Exception(message, cause)
{
    public RefusalKind Kind { get; } = kind;

    /// <summary>Name of the property with the error, such as <c>Hour</c>: a form shows the message at this field. Null: no single field.</summary>
    public string? Field { get; private init; }

    /// <summary>Returns a copy with the field set. A field that is already set is kept.</summary>
    public Refusal About(string field) => new(Kind, Message, InnerException) { Field = Field ?? field };

    /// <summary>Runs <paramref name="read"/>, and assigns a refusal it throws to the field.</summary>
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
