using MimeKit;
using Newsletter.Addresses;
using Newsletter.Rendering;
using Newsletter.Subscribers;
using Newsletter.Targeting;

namespace Newsletter.Digests;

/// <summary>Shows the mail of a reader before it is sent: the very message, addressed to the reader, or to nobody for a role.</summary>
public sealed class Preview(EditionStore editions, CompositionStore compositions, EditionMails mails, SubscriberStore subscribers, TaxonomyStore taxonomies)
{
    private const string Nobody = "reader@example.com";

    /// <param name="directory">Made when it is not there; gets digest.html, digest.txt and message.eml.</param>
    /// <exception cref="Refusal">Invalid: neither a role nor a subscriber, or both. NotFound: nobody, or nothing for this role.</exception>
    public async Task WriteAsync(long editionId, string? role, string? email, string directory)
    {
        using var message = (role, email) switch
        {
            (not null, null) => await OfRoleAsync(editionId, role),
            (null, not null) => await OfSubscriberAsync(editionId, EmailAddress.Parse(email)),
            _ => throw Refusal.Invalid("A preview is for --role ROLE or for --subscriber EMAIL: give one of them."),
        };
        try
        {
            Directory.CreateDirectory(directory);
            var wire = FormatOptions.Default.Clone();
            wire.NewLineFormat = NewLineFormat.Dos;
            await message.WriteToAsync(wire, Path.Combine(directory, "message.eml"));
            var mail = (SplicedMail)message.Body!;
            await File.WriteAllTextAsync(Path.Combine(directory, "digest.html"), mail.HtmlBody);
            await File.WriteAllTextAsync(Path.Combine(directory, "digest.txt"), mail.TextBody);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Refusal.Invalid($"The preview cannot be written to '{directory}': {failure.Message.TrimEnd('.')}.");
        }
    }

    private async Task<MimeMessage> OfSubscriberAsync(long editionId, EmailAddress address)
    {
        var edition = await editions.GetAsync(editionId);
        var subscriber = await subscribers.GetAsync(address);
        var composition = (await compositions.DeliveryOfAsync(editionId, subscriber.Id))?.Composition
            ?? throw Refusal.NotFound($"{subscriber.Email} gets nothing from edition {editionId}: 'newsletter editions why {editionId} {subscriber.Email}' says why.");
        return await OneAsync(await mails.OpenAsync(edition), subscriber.Id, subscriber.Email, subscriber.Preferences.Name, composition);
    }

    private async Task<MimeMessage> OfRoleAsync(long editionId, string role)
    {
        var edition = await editions.GetAsync(editionId);
        var taxonomy = await taxonomies.LoadAsync();
        var found = taxonomy.Find(role) is { } bySlug ? [bySlug] : new LabelResolver(taxonomy).Resolve(role).Roles;
        var composition = await compositions.CommonestForAsync(editionId, found.Select(r => r.Name).ToList())
            ?? throw Refusal.NotFound($"Nobody in edition {editionId} gets anything for '{role}'.");
        return await OneAsync(await mails.OpenAsync(edition, isTest: true), 0, Nobody, null, composition);
    }

    private static async Task<MimeMessage> OneAsync(EditionMail mail, long subscriberId, string email, string? name, int composition)
    {
        await mail.PrepareAsync([composition]);
        return mail.Message(subscriberId, email, name, composition);
    }
}
