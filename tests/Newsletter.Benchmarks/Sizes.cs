using System.CommandLine;
using System.Globalization;

namespace Newsletter.Benchmarks;

/// <summary>An option that takes one to five numbers of readers.</summary>
internal static class Sizes
{
    private const int Fewest = 1000;
    private const int Most = 5_000_000;

    public static Option<IReadOnlyList<int>> Option(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            var sizes = new List<int>();
            foreach (var word in result.Tokens[0].Value.Split(','))
            {
                if (!int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var size) || size is < Fewest or > Most || sizes.Count == 5)
                {
                    result.AddError(FormattableString.Invariant($"{name} takes one to five numbers from {Fewest} to {Most}, separated by commas."));
                    return null;
                }
                sizes.Add(size);
            }
            return sizes;
        },
    };
}
