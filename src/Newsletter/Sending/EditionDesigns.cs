using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Newsletter.Digests;
using Newsletter.Rendering;

namespace Newsletter.Sending;

/// <summary>
/// Determines an edition's design: the current templates and settings until sending starts, then those of that moment.
/// </summary>
public sealed class EditionDesigns(EditionDesignStore store, Templates templates, Renderer renderer, ILogger<EditionDesigns> log)
{
    /// <summary>Limits the compiled template sets besides the current one: compiled templates stay loaded until the process ends.</summary>
    private const int MostSets = 16;

    /// <summary>Compiled sets of earlier editions, by hash.</summary>
    private readonly ConcurrentDictionary<string, Lazy<Task<Templates>>> earlier = new();

    /// <param name="today">The frame by the current settings.</param>
    /// <exception cref="Refusal">Invalid: the frame cannot be rendered.</exception>
    public async Task<EditionDesign> OfAsync(Edition edition, DigestModel today)
    {
        if (edition.StartedAt is null)
        {
            // Before the edition starts, only editors may see the pages of its items.
            return new(renderer, today, SignsItems: true);
        }
        var kept = await store.FindAsync(edition.Id);
        if (kept is null && edition.State is EditionState.Sending or EditionState.Paused)
        {
            // Do not store a frame that cannot be rendered: sending can then continue once the cause is fixed.
            await renderer.FrameAsync(today);
            kept = await store.KeepAsync(edition.Id, templates.Sources, JsonSerializer.Serialize(today with { IsTest = false }));
        }
        // Sent by a version that stored no design.
        if (kept is null)
        {
            return new(renderer, today, SignsItems: false);
        }
        var frame = Frame(edition, kept, today);
        return new(new Renderer(await TemplatesAsync(kept.TemplateSet), frame.Brand), frame, kept.SignsItems);
    }

    private DigestModel Frame(Edition edition, KeptDesign kept, DigestModel today)
    {
        try
        {
            return JsonSerializer.Deserialize<DigestModel>(kept.Frame)! with { IsTest = today.IsTest };
        }
        catch (JsonException failure)
        {
            log.LogWarning("The frame of edition {Edition} was stored by an incompatible version: {Reason}", edition.Id, failure.Message);
            return today;
        }
    }

    private async Task<Templates> TemplatesAsync(string hash)
    {
        if (hash == templates.Sources.Hash || (!earlier.ContainsKey(hash) && earlier.Count >= MostSets))
        {
            return templates;
        }
        var set = earlier.GetOrAdd(hash, _ => new(() => CompileAsync(hash)));
        try
        {
            return await set.Value;
        }
        catch
        {
            // Do not cache the failure: the database may have been unavailable only briefly.
            earlier.TryRemove(KeyValuePair.Create(hash, set));
            throw;
        }
    }

    private async Task<Templates> CompileAsync(string hash)
    {
        var set = new Templates(await store.TemplatesAsync(hash));
        try
        {
            await set.CompileAllAsync();
            return set;
        }
        catch (Refusal refusal)
        {
            log.LogWarning("Templates of earlier editions do not compile with this version, so the current templates are used: {Reason}", refusal.Message);
            return templates;
        }
    }
}
