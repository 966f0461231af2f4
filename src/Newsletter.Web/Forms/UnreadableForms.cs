using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Core.Infrastructure;
using Microsoft.AspNetCore.Mvc.Filters;
using Newsletter.Web.SignIn;

namespace Newsletter.Web.Forms;

/// <summary>A form whose token cannot be checked, since the keys are out of reach, is not the visitor's fault.</summary>
internal sealed class UnreadableForms(CookieKeyStore keys) : IAlwaysRunResultFilter
{
    public void OnResultExecuting(ResultExecutingContext context)
    {
        if (context.Result is IAntiforgeryValidationFailedResult && keys.IsAway)
        {
            context.Result = new StatusCodeResult(StatusCodes.Status503ServiceUnavailable);
        }
    }

    public void OnResultExecuted(ResultExecutedContext context)
    {
    }
}
