using System.ComponentModel.DataAnnotations;

namespace Newsletter.Web.Forms;

/// <summary>An empty field stays empty text, so that null says: the form has no such field.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class KeepEmptyAttribute : DisplayFormatAttribute
{
    public KeepEmptyAttribute() => ConvertEmptyStringToNull = false;
}
