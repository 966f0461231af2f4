using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace Newsletter.Tests.EndToEnd;

/// <summary>What axe-core finds wrong with a page: barriers for people who use a keyboard, a screen reader or a small window.</summary>
internal static class Barriers
{
    private static readonly string AxeCore = new BundledAxeScriptProvider().GetScript();

    /// <summary>
    /// Evaluated in the page itself, which has no frames: the package for Playwright opens a second, blank page for each, which takes
    /// longer than the check.
    /// </summary>
    /// <returns>A line each: the rule, what it asks for, and the first three elements that break it.</returns>
    public static async Task<string[]> OfAsync(IPage page)
    {
        await page.EvaluateAsync($"() => {{ {AxeCore} }}");
        return await page.EvaluateAsync<string[]>(
            """
            async () => (await axe.run({ resultTypes: ['violations'] })).violations.map(found =>
                `${found.id} (${found.help}): ${found.nodes.slice(0, 3).map(node => node.html).join('; ')}`)
            """);
    }
}
