using System.Text;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Newsletter.Tests.Web;

/// <summary>Addresses that lead to the endpoints which the server lists.</summary>
internal static class RoutePaths
{
    public static string Token(string url) => new Uri(url).Segments[^1];

    /// <param name="known">By the path before a parameter and its name: <c>items/id</c>.</param>
    /// <summary>With a known value for each parameter, or one that names nothing.</summary>
    public static string Of(RoutePattern pattern, IReadOnlyDictionary<string, string> known)
    {
        var path = new StringBuilder();
        foreach (var segment in pattern.PathSegments)
        {
            var before = path.ToString().TrimStart('/');
            path.Append('/');
            foreach (var part in segment.Parts)
            {
                path.Append(part switch
                {
                    RoutePatternLiteralPart literal => literal.Content,
                    RoutePatternSeparatorPart separator => separator.Content,
                    RoutePatternParameterPart parameter => known.GetValueOrDefault(
                        $"{before}/{parameter.Name}", parameter.IsCatchAll || parameter.IsOptional ? "" : "1"),
                    _ => "",
                });
            }
        }
        return path.Length == 0 ? "/" : path.ToString();
    }
}
