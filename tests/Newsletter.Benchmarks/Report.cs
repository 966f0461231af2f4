using System.Globalization;
using System.Text.Json;

namespace Newsletter.Benchmarks;

/// <summary>A table for people, then one line of JSON.</summary>
internal static class Report
{
    private static readonly (string Title, Func<PlanningFigures, IFormattable> Cell, string Form)[] Columns =
    [
        ("readers", f => f.Readers, "0"), ("rows", f => f.Rows, "0"), ("cohorts", f => f.Cohorts, "0"), ("lists", f => f.Compositions, "0"),
        ("plan s", f => f.MedianSeconds, "0.00"), ("simulate s", f => f.SimulateSeconds, "0.00"), ("COPY s", f => f.CopySeconds, "0.00"),
        ("pack s", f => f.PackSeconds, "0.00"), ("ratio", f => f.Ratio, "0.0"),
        ("peak MB", f => f.PeakMegabytesAboveIdle, "0"), ("our CPU s", f => f.OwnCpuSeconds, "0.00"),
        ("db CPU s", f => f.DatabaseCpuSeconds, "0.00"), ("rows/s", f => f.RowsPerSecond, "0"),
    ];

    public static void Print(bool worst, IReadOnlyList<PlanningFigures> figures)
    {
        Console.Out.WriteLine($"Planning{(worst ? ", every reader a cohort of one" : "")}: median of three; peak MB is above the idle process.");
        var cells = Columns.Select(column => figures
            .Select(f => column.Cell(f).ToString(column.Form, CultureInfo.InvariantCulture)).Prepend(column.Title).ToList()).ToList();
        for (var row = 0; row <= figures.Count; row++)
        {
            Console.Out.WriteLine(string.Join("  ", cells.Select(column => column[row].PadLeft(column.Max(cell => cell.Length)))));
        }
        Console.Out.WriteLine(JsonSerializer.Serialize(new { benchmark = "planning", worst, sizes = figures }, JsonSerializerOptions.Web));
    }
}
