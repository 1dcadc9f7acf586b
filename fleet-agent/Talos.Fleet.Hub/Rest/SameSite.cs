namespace Talos.Fleet.Hub.Rest;

/// <summary>Whether a request was begun by a page of another site.</summary>
/// <remarks>
/// A browser shows a certificate and sends cookies along whoever made it ask: a form on any page could revoke a node in an administrator's name.
/// Browsers say of each request where it began; programs say nothing and are no danger, since nobody else makes them ask.
/// Where a browser says Sec-Fetch-Site, that decides: no page can set it, and the hub's own forms have the Origin "null" since they name no referrer.
/// Source: Fetch Metadata (W3C), Sec-Fetch-Site; Fetch (WHATWG), Origin.
/// </remarks>
internal static class SameSite
{
    /// <summary>Whether the headers say that another site asks.</summary>
    /// <param name="site">Sec-Fetch-Site; empty when it is not there.</param>
    /// <param name="origin">Origin; empty when it is not there.</param>
    /// <param name="own">Scheme, host and port as the request has them.</param>
    public static bool IsForeign(string site, string origin, string own) =>
        site.Length > 0 ? site is not ("none" or "same-origin") : origin.Length > 0 && !string.Equals(origin, own, StringComparison.OrdinalIgnoreCase);

    /// <summary>Refuses what changes something and was begun elsewhere, whatever route it is for.</summary>
    public static Task RefuseAsync(HttpContext context, RequestDelegate next)
    {
        HttpRequest request = context.Request;
        bool reads = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method) || HttpMethods.IsTrace(request.Method);
        return !reads && IsForeign(request.Headers["Sec-Fetch-Site"].ToString(), request.Headers.Origin.ToString(), $"{request.Scheme}://{request.Host}")
            ? throw new RequestException(StatusCodes.Status403Forbidden, $"{request.Method} {request.Path}: a page of another site asks for it; send it from a page of this hub, or without a browser")
            : next(context);
    }
}
