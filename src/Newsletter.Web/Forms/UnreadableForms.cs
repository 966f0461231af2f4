using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Core.Infrastructure;
using Microsoft.AspNetCore.Mvc.Filters;
using Newsletter.Web.SignIn;

namespace Newsletter.Web.Forms;

/// <summary>Answers 503 instead of 400 if an anti-forgery token cannot be checked because the keys are not available.</summary>
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
