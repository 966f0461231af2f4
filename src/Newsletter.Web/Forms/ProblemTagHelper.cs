using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Newsletter.Web.Forms;

/// <summary>Marks a control, or a group of controls, whose value was refused: aria-invalid, the reason as its description, and the focus.</summary>
[HtmlTargetElement("input", Attributes = "id", TagStructure = TagStructure.WithoutEndTag)]
[HtmlTargetElement("select", Attributes = "id")]
[HtmlTargetElement("textarea", Attributes = "id")]
[HtmlTargetElement("fieldset", Attributes = "id")]
public sealed class ProblemTagHelper : TagHelper
{
    [ViewContext, HtmlAttributeNotBound] public ViewContext ViewContext { get; set; } = null!;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var id = output.Attributes["id"].Value?.ToString();
        if (FormProblem.Of(ViewContext.ViewData) is not { Field: { } field, Message: var message } || FormProblem.IdOf(field) != id)
        {
            return;
        }
        var reason = new TagBuilder("p");
        reason.AddCssClass("reason");
        reason.Attributes["id"] = id + "-problem";
        reason.InnerHtml.Append(message);
        output.Attributes.SetAttribute("aria-invalid", "true");
        output.Attributes.SetAttribute("aria-describedby", $"{id}-problem {output.Attributes["aria-describedby"]?.Value}".TrimEnd());
        output.Attributes.SetAttribute("autofocus", "autofocus");
        if (output.TagName == "fieldset")
        {
            // aria-invalid is allowed on a radiogroup, but not on a fieldset.
            output.Attributes.SetAttribute("role", "radiogroup");
            output.Attributes.SetAttribute("tabindex", "-1");
            output.PostContent.AppendHtml(reason);
        }
        else
        {
            output.PostElement.AppendHtml(reason);
        }
    }
}
