namespace Newsletter.Tests.Web;

/// <summary>What item texts may hold, and what must come out as text wherever it is shown.</summary>
public static class Hostile
{
    public static readonly IReadOnlyList<string> Texts =
    [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "</td></tr></table><svg/onload=alert(1)>",
        "</title></head><body onload=alert(1)>",
        "<a href=\"javascript:alert(1)\">click</a>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
        "<![CDATA[<script>alert(1)</script>]]>",
        "]]><script>alert(1)</script>",
        "<!--[if mso]><xml><script>alert(1)</script></xml><![endif]-->",
        "--><style>*{display:none}</style>",
        "@Model.Item {{constructor.constructor('alert(1)')()}} @{ throw new System.Exception(); }",
        "&lt;b&gt; &#x41; &amp;",
        "\u202Etxt.exe\u202C \u2066x\u2069",
        "\u0007\uE005 bell",
    ];
}
