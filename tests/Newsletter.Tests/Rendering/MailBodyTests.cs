using System.Diagnostics;
using Newsletter.Rendering;

namespace Newsletter.Tests.Rendering;

public class MailBodyTests
{
    /// <summary>The quickest of many rounds, since others work on the machine too. Rendered anew it would take thousands.</summary>
    [Fact]
    public async Task A_body_for_a_new_composition_is_made_in_microseconds()
    {
        const int rounds = 200;
        const int bodies = 50;
        var frame = await Rendered.Renderer.FrameAsync(Rendered.Weekly);
        var items = await Task.WhenAll(Enumerable.Range(1, 8).Select(number => Rendered.MailItemAsync(Rendered.Item(Rendered.Content($"Article {number}")))));
        var quickest = TimeSpan.MaxValue;
        for (var round = 0; round < rounds; round++)
        {
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < bodies; i++)
            {
                _ = new MailBody(frame, items, ["AI Engineer", "CTO", "Logistics"], roles: ["AI Engineer", "CTO"]);
            }

            quickest = TimeSpan.FromTicks(Math.Min(quickest.Ticks, Stopwatch.GetElapsedTime(started).Ticks));
        }

        Assert.InRange(quickest.TotalMicroseconds / bodies, 0, 60);
    }
}
