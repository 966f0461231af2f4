using System.ComponentModel.DataAnnotations;

namespace Newsletter.Web.Forms;

/// <summary>Binds an empty field as an empty string, so that null means: the form does not have this field.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class KeepEmptyAttribute : DisplayFormatAttribute
{
    public KeepEmptyAttribute() => ConvertEmptyStringToNull = false;
}
