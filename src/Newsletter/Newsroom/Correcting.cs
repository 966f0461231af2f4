using System.Text;
using Newsletter.Database;
using Newsletter.Digests;
using Newsletter.Notices;
using Newsletter.Planning;
using Npgsql;

namespace Newsletter.Newsroom;

/// <summary>Sends an editor's correction to the readers who got an edition.</summary>
public sealed class Correcting(NpgsqlDataSource database, EditionStore editions, PlanInputStore plans, CorrectionStore corrections, AuditStore audit)
{
    private const int LongestSubject = 150;
    private const int LongestText = 10_000;

    /// <param name="text">Paragraphs separated by a blank line.</param>
    /// <param name="itemId">Limits the correction to readers who got this item; null for all.</param>
    /// <returns>The number of readers; the worker sends their mails from now on.</returns>
    /// <exception cref="Refusal">
    /// Invalid: no subject or text, or too long. NotFound: no such edition, or the item is not in it. Conflict: not sent yet, sending
    /// now, or the same correction already exists.
    /// </exception>
    public async Task<int> CorrectAsync(long editionId, string subject, string text, long? itemId, string actor)
    {
        subject = subject.Trim();
        text = text.Trim().ReplaceLineEndings("\n");
        if ((subject.Length == 0 ? "is missing" : SingleLine.Problem(subject, LongestSubject)) is { } problem)
        {
            throw Refusal.Invalid($"The correction's subject {problem}: it must be one line of 1 to {LongestSubject} characters.").About(nameof(subject));
        }
        if (text.Length is 0 or > LongestText || text.EnumerateRunes().Any(IsStray))
        {
            throw Refusal.Invalid($"A correction's text has 1 to {LongestText} characters, and no control characters.").About(nameof(text));
        }
        var edition = await editions.GetAsync(editionId);
        if (edition.StartedAt is null)
        {
            throw Refusal.Conflict($"Edition {editionId} is {edition.State} and nobody got it: there is nobody to write to.");
        }
        if (edition.State == EditionState.Sending)
        {
            throw Refusal.Conflict(
                $"Edition {editionId} is being sent: wait for its end, or pause it ('newsletter editions pause {editionId}'), "
                + "then write to those who got it.");
        }
        if (itemId is { } item && !(await plans.PlannedAsync(editionId)).Items.Contains(item))
        {
            throw Refusal.NotFound($"Item {item} is not in edition {editionId}.").About(nameof(item));
        }
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var (id, readers) = await corrections.AddAsync(connection, transaction, editionId, subject, text, itemId, actor)
            ?? throw Refusal.Conflict($"This very correction of edition {editionId} was made already: nobody is written to twice.");
        await audit.RecordAsync(connection, transaction, actor, "edition corrected", $"edition {editionId}, correction {id}, {readers} readers");
        await transaction.CommitAsync();
        return readers;
    }

    /// <summary>A control character other than a line break or tab, or the replacement of an unpaired surrogate.</summary>
    private static bool IsStray(Rune rune) => rune == Rune.ReplacementChar || (Rune.IsControl(rune) && rune.Value is not ('\n' or '\t'));
}
