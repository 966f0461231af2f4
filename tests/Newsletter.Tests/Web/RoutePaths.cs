using System.Text;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Newsletter.Tests.Web;

/// <summary>Makes request paths for routes.</summary>
internal static class RoutePaths
{
    public static string Token(string url) => new Uri(url).Segments[^1];

    /// <summary>Uses the known value of each parameter; otherwise a value for which nothing exists.</summary>
    /// <param name="known">The keys are the path before the parameter and the parameter's name: <c>items/id</c>.</param>
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
