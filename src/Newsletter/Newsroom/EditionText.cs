using Newsletter.Choosing;
using Newsletter.Database;
using Newsletter.Digests;
using Newsletter.Mime;
using Newsletter.Planning;
using Newsletter.Rendering;
using Npgsql;

namespace Newsletter.Newsroom;

/// <summary>
/// The editor's subject and intro of a planned edition. Approval covers them, so the plan's hash changes with them. They do not
/// affect which reader gets which item, so nothing is replanned.
/// </summary>
public sealed class EditionText(NpgsqlDataSource database, AuditStore audit)
{
    /// <summary>Maximum length of an intro in characters.</summary>
    public const int IntroLimit = 1000;

    /// <param name="subject">One line of up to <see cref="SubjectLine.Limit"/> characters; null restores the subject from each mail's first item.</param>
    /// <exception cref="Refusal">NotFound: no such edition. Conflict: approved, or ended. Invalid: blank, too long, or not one line.</exception>
    public Task SetSubjectAsync(long id, string? subject, string actor)
    {
        if (subject is not null)
        {
            subject = subject.Trim();
            if (subject.Length is 0 or > SubjectLine.Limit || subject != UntrustedText.OneLine(subject))
            {
                throw Refusal.Invalid(
                    $"A subject is one line of 1 to {SubjectLine.Limit} characters, which is what inboxes show, without doubled spaces "
                    + $"or characters that turn the direction; this one has {subject.Length}.");
            }
        }
        return SetAsync(id, inputs => inputs with { Subject = subject }, subject is null ? "edition subject taken back" : "edition subject set", actor);
    }

    /// <param name="intro">Paragraphs separated by a blank line, up to <see cref="IntroLimit"/> characters; null removes the intro.</param>
    /// <exception cref="Refusal">NotFound: no such edition. Conflict: approved, or ended. Invalid: blank or too long.</exception>
    public Task SetIntroAsync(long id, string? intro, string actor)
    {
        if (intro is not null)
        {
            intro = UntrustedText.Clean(intro.ReplaceLineEndings("\n").Trim());
            if (intro.Length is 0 or > IntroLimit)
            {
                throw Refusal.Invalid($"An intro has 1 to {IntroLimit} characters; this one has {intro.Length}.");
            }
        }
        return SetAsync(id, inputs => inputs with { Intro = intro }, intro is null ? "edition intro taken back" : "edition intro set", actor);
    }

    private async Task SetAsync(long id, Func<PlanInputs, PlanInputs> change, string action, string actor)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        // Waits for a concurrent plan, which would otherwise overwrite the new text.
        var (state, inputs) = await PlanInputStore.LockAsync(connection, transaction, id);
        if (state != EditionState.Planned)
        {
            throw Refusal.Conflict(state == EditionState.Approved
                ? $"Edition {id} is approved, and exactly the approved plan is sent: cancel it ('newsletter editions cancel {id}') "
                    + "and plan it again to change its text."
                : $"Edition {id} is {state}, so its text cannot be changed.");
        }
        if (inputs is null)
        {
            throw Refusal.Conflict($"Edition {id} was planned by an earlier version: plan it again first.");
        }
        await PlanInputStore.SaveTextAsync(connection, transaction, id, change(inputs));
        await audit.RecordAsync(connection, transaction, actor, action, $"edition {id}");
        await transaction.CommitAsync();
    }
}
