using System.Runtime.InteropServices;
using Newsletter.Choosing;
using Newsletter.Digests;
using Newsletter.Items;
using Newsletter.Planning;
using Newsletter.Roles;
using Npgsql;

namespace Newsletter.Newsroom;

/// <summary>Plans a digest without storing anything: how many items readers would get, and what other inputs would change.</summary>
public sealed class Simulation(
    NpgsqlDataSource database, DigestStore digests, EditionStore editions, ItemStore items, PlanInputLoader inputs, TimeProvider time)
{
    /// <summary>The key that counts every reader once, instead of a role id.</summary>
    private const int All = int.MinValue;

    /// <summary>Simulates planning now. With other inputs, returns their result and the difference to the current inputs.</summary>
    /// <exception cref="Refusal">NotFound: no such digest or item. Invalid: the number of slots is out of range, or an item is no candidate.</exception>
    public async Task<SimulationResult> RunAsync(string slug, WhatIf whatIf, CancellationToken cancel = default)
    {
        var digest = await digests.GetAsync(slug);
        var edition = (await editions.InStateAsync(EditionState.Planned)).FirstOrDefault(e => e.DigestId == digest.Id);
        var (today, taxonomy, rolesByLabel) = await inputs.ReadAsync(digest, edition?.Id ?? 0, edition?.SendAt, cancel);
        var other = whatIf.IsNothing ? null : await ChangedAsync(digest, today, whatIf);
        var at = edition?.SendAt ?? time.GetUtcNow();
        var started = time.GetTimestamp();

        var before = new Side(today, taxonomy, at);
        var after = other is null ? null : new Side(other, taxonomy, at);
        var changes = new Dictionary<int, Change>();
        await using (var connection = await database.OpenConnectionAsync(cancel))
        await using (var second = after is null ? null : await database.OpenConnectionAsync(cancel))
        {
            await using var now = await before.OpenAsync(connection, digest.Id, edition?.Id ?? 0, rolesByLabel, cancel);
            await using var then = after is null ? null : await after.OpenAsync(second!, digest.Id, edition?.Id ?? 0, rolesByLabel, cancel);
            await GoThroughAsync(now, before.Tally, then, after?.Tally, changes);
        }
        var result = (after ?? before).Result(digest.Slug, edition?.Id) with
        {
            Seconds = Math.Round(time.GetElapsedTime(started).TotalSeconds, 3),
            Difference = after is null ? null : Difference(before.Tally, after.Tally, changes, taxonomy),
        };
        return result with
        {
            ExpectedSeconds = await editions.LastRateAsync(cancel) is { } rate ? Math.Round(result.Deliveries / rate, 1) : null,
        };
    }

    private async Task<PlanInputs> ChangedAsync(Digest digest, PlanInputs today, WhatIf whatIf)
    {
        var candidates = today.Candidates.Select(c => c.ItemId).ToHashSet();
        foreach (var id in whatIf.Without.Where(id => !candidates.Contains(id)))
        {
            throw await items.FindAsync(id) is null
                ? Refusal.NotFound($"There is no item {id}: 'newsletter items list' shows the items.")
                : Refusal.Invalid($"Item {id} is not a candidate of {digest.Slug} now, so leaving it out changes nothing.");
        }
        if (whatIf.Max is { } max && (max < today.MinItems || max > short.MaxValue))
        {
            throw Refusal.Invalid($"A maximum of {max} items is not possible: give --max from {today.MinItems}, the digest's minimum, to 50.");
        }
        var slots = digest with { MaxItems = (short)(whatIf.Max ?? digest.MaxItems) };
        return today with
        {
            MaxItems = slots.Checked().MaxItems,
            Candidates = today.Candidates.Where(c => !whatIf.Without.Contains(c.ItemId)).ToList(),
            WidenAll = whatIf.Widen,
        };
    }

    /// <summary>Runs both pipelines in parallel: each reader is compared between the two, and only counts are kept.</summary>
    private static async Task GoThroughAsync(
        ReaderCursor now, SimulationTally tally, ReaderCursor? then, SimulationTally? thenTally, Dictionary<int, Change> changes)
    {
        await now.NextAsync();
        if (then is not null)
        {
            await then.NextAsync();
        }
        while (true)
        {
            // Subscribers may have joined or left between the two snapshots.
            var id = Math.Min(now.Id, then?.Id ?? long.MaxValue);
            if (id == long.MaxValue)
            {
                return;
            }
            var (isNow, isThen) = (now.Id == id, then?.Id == id);
            if (isNow && isThen)
            {
                Compare(now, then!, changes);
            }
            if (isNow)
            {
                tally.Add(now.Block, now.Reader);
                await now.NextAsync();
            }
            if (isThen)
            {
                thenTally!.Add(then!.Block, then.Reader);
                await then.NextAsync();
            }
        }
    }

    private static void Compare(ReaderCursor now, ReaderCursor then, Dictionary<int, Change> changes)
    {
        var by = then.Reader.Choices.CompareTo(now.Reader.Choices);
        if (by == 0)
        {
            return;
        }
        Count(All, by, changes);
        foreach (var role in SimulationTally.RolesOf(now.Block, now.Reader))
        {
            Count(role, by, changes);
        }
    }

    private static void Count(int role, int by, Dictionary<int, Change> changes)
    {
        ref var change = ref CollectionsMarshal.GetValueRefOrAddDefault(changes, role, out _);
        change = by > 0 ? change with { Gaining = change.Gaining + 1 } : change with { Losing = change.Losing + 1 };
    }

    private static SimulationDifference Difference(SimulationTally before, SimulationTally after, Dictionary<int, Change> changes, Taxonomy taxonomy) => new()
    {
        Deliveries = after.Deliveries - before.Deliveries,
        Empty = after.Empty - before.Empty,
        Items = after.Items.Minus(before.Items),
        Gaining = changes.GetValueOrDefault(All).Gaining,
        Losing = changes.GetValueOrDefault(All).Losing,
        ByRole = changes.Where(pair => pair.Key != All)
            .OrderByDescending(pair => pair.Value.Gaining + pair.Value.Losing).ThenBy(pair => pair.Key)
            .Select(pair => SimulationTally.NameOf(taxonomy, pair.Key) is var (slug, name)
                ? new RoleDifference(slug, name, pair.Value.Gaining, pair.Value.Losing)
                : null!)
            .ToList(),
    };

    private readonly record struct Change(int Gaining, int Losing);

    /// <summary>One set of inputs and its result.</summary>
    private sealed class Side(PlanInputs inputs, Taxonomy taxonomy, DateTimeOffset at)
    {
        private ReaderPipeline pipeline = null!;

        public SimulationTally Tally { get; } = new(inputs, taxonomy, at);

        public async Task<ReaderCursor> OpenAsync(
            NpgsqlConnection connection, int digestId, long exceptEdition, IReadOnlyDictionary<int, IReadOnlyList<int>> rolesByLabel, CancellationToken cancel)
        {
            pipeline = new ReaderPipeline(connection, digestId, inputs, taxonomy, rolesByLabel, at);
            await pipeline.OpenAsync(exceptEdition, cancel);
            return new ReaderCursor(pipeline, cancel);
        }

        public SimulationResult Result(string slug, long? edition) => new()
        {
            Digest = slug,
            Edition = edition,
            Subscribers = Tally.Deliveries + Tally.Empty,
            Deliveries = Tally.Deliveries,
            Empty = Tally.Empty,
            Cohorts = pipeline.Cohorts,
            Compositions = pipeline.Compositions,
            Items = Tally.Items,
            ByRole = Tally.ByRole(),
            TopItems = Tally.Top(pipeline.Composer.Choices),
            Nothing = Tally.Nothing(),
            Lacking = Tally.Lacking(pipeline.Composer.Index),
            Hours = Tally.Hours,
            Seconds = 0,
            ExpectedSeconds = null,
        };
    }
}
