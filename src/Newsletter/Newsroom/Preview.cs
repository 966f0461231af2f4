using System.Text;
using Newsletter.Addresses;
using Newsletter.Choosing;
using Newsletter.Database;
using Newsletter.Deliveries;
using Newsletter.Digests;
using Newsletter.Mime;
using Newsletter.Planning;
using Newsletter.Roles;
using Newsletter.Sending;
using Newsletter.Subscribers;

namespace Newsletter.Newsroom;

/// <summary>Renders a reader's mail before it is sent: the final message, addressed to the reader, or to an example address for a role.</summary>
public sealed class Preview(
    EditionStore editions, PlanInputStore plans, CompositionStore compositions, EditionMailFactory mails, SubscriberStore subscribers,
    TaxonomyStore taxonomies)
{
    private const string Address = "reader@example.com";

    /// <param name="directory">Created if missing; receives digest.html, digest.txt and message.eml.</param>
    /// <returns>A warning for the editor; null if there is none.</returns>
    /// <exception cref="Refusal">Invalid: neither a role nor a subscriber, or both. NotFound: no such subscriber, or nothing for this role.</exception>
    public async Task<string?> WriteAsync(long editionId, string? role, string? email, string directory)
    {
        var (mail, warning) = (role, email) switch
        {
            (not null, null) => await OfRoleAsync(editionId, role),
            (null, not null) => await ReaderAsync(editionId, await subscribers.GetAsync(EmailAddress.Parse(email))),
            _ => throw Refusal.Invalid("A preview is for --role ROLE or for --subscriber EMAIL: give one of them."),
        };
        try
        {
            // The files are private: they contain a reader's personal links, or signed links to items that are not public.
            PrivateFiles.MakeFolder(directory);
            await PrivateFiles.WriteAsync(Path.Combine(directory, "message.eml"), mail.ToArray());
            await PrivateFiles.WriteAsync(Path.Combine(directory, "digest.html"), Encoding.UTF8.GetBytes(mail.HtmlBody));
            await PrivateFiles.WriteAsync(Path.Combine(directory, "digest.txt"), Encoding.UTF8.GetBytes(mail.TextBody));
            return warning;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Refusal.Invalid($"The preview cannot be written to '{directory}': {failure.Message.TrimEnd('.')}.");
        }
    }

    /// <summary>The mail that this reader gets, or got.</summary>
    /// <exception cref="Refusal">NotFound: this reader gets nothing from the edition.</exception>
    public async Task<SplicedMail> OfReaderAsync(long editionId, Subscriber reader) => (await ReaderAsync(editionId, reader)).Mail;

    /// <summary>The mail of a new reader with only this role; addressed to an example address.</summary>
    /// <param name="role">A slug or a label; null for the most common composition of the edition.</param>
    /// <exception cref="Refusal">NotFound: nothing fits this role.</exception>
    /// <returns>The mail, and a warning for the editor; null if there is none.</returns>
    public async Task<(SplicedMail Mail, string? Warning)> OfRoleAsync(long editionId, string? role)
    {
        var edition = await editions.GetAsync(editionId);
        if (role is null)
        {
            var commonest = await compositions.CommonestAsync(editionId)
                ?? throw Refusal.NotFound($"No reader gets an item in edition {editionId}.");
            return await OneAsync(await mails.OpenAsync(edition, isTest: true), MailRecipient.Nobody(Address), commonest);
        }
        var inputs = await plans.FindAsync(editionId) ?? throw Refusal.NotFound($"Edition {editionId} was never planned.");
        var (choices, composition) = Compose(inputs, await taxonomies.LoadAsync(), await RolesAsync(role));
        return composition is not null
            ? await OneAsync(await mails.OpenAsync(edition, _ => Task.FromResult(choices), isTest: true, inHand: 1), MailRecipient.Nobody(Address), composition)
            : throw Refusal.NotFound($"No item in edition {editionId} is for '{role}'.");
    }

    private async Task<(SplicedMail Mail, string? Warning)> ReaderAsync(long editionId, Subscriber reader)
    {
        var edition = await editions.GetAsync(editionId);
        var composition = (await compositions.DeliveryOfAsync(editionId, reader.Id))?.Composition
            ?? throw Refusal.NotFound($"This reader gets nothing from edition {editionId}: 'newsletter editions why' shows the reason.");
        return await OneAsync(await mails.OpenAsync(edition), new MailRecipient(reader.Row, reader.Email, reader.Preferences.Name), composition);
    }

    private static (IReadOnlyDictionary<int, Choice> Choices, byte[]? Composition) Compose(PlanInputs inputs, Taxonomy taxonomy, int[] roles)
    {
        var composer = new Composer(inputs with { MinItems = 1 }, taxonomy);
        var nothingSeen = new ulong[(composer.Index.Stories.Count + 63) / 64];
        var outcome = composer.Compose(new Profile { Roles = roles, HasRoles = true }, nothingSeen);
        return (composer.Choices.ToDictionary(choice => choice.Number), outcome == CompositionOutcome.Composed ? Composition.Of(composer.Numbers) : null);
    }

    private async Task<int[]> RolesAsync(string role) =>
        [.. (await taxonomies.ResolverAsync()).ResolveSlugOrLabel(role).Roles.Select(r => r.Id).Order()];

    private static async Task<(SplicedMail Mail, string? Warning)> OneAsync(EditionMailBuilder mail, MailRecipient recipient, byte[] composition)
    {
        await mail.PrepareAsync([composition]);
        return (mail.Message(recipient, composition), mail.WarningOf(composition));
    }
}
