using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Talos.Fleet.Hub.Identity;
using Talos.Fleet.Hub.Store;
using Talos.Fleet.Pages;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Pages;

/// <summary>Sign-in of the page at the OIDC provider: authorization code with PKCE; state, nonce and verifier are encrypted in cookies of ten minutes.</summary>
internal static class SignIn
{
    private const string Scheme = "provider";
    private const int LongestReturn = 2000;
    private static readonly PathString Callback = new("/sign-in/callback");

    public static void Add(IServiceCollection services, HubOptions options, OidcOptions oidc)
    {
        DirectoryInfo keys = new(DataFolder.Make(Path.Combine(options.Data, "sign-in-keys")));
        services.AddDataProtection().SetApplicationName("talos-hub").PersistKeysToFileSystem(keys);
        services.AddSingleton<Sessions>();
        services.AddAuthentication().AddCookie(Sessions.Scheme, o => Session(o, oidc)).AddOpenIdConnect(Scheme, o => Provider(o, oidc));
        services.AddOptions<OpenIdConnectOptions>(Scheme).Configure<OidcProvider>((o, provider) => (o.ConfigurationManager, o.Backchannel) = (provider, provider.Client));
    }

    public static void Map(WebApplication app)
    {
        app.UseAuthentication();
        app.MapGet(HubPages.SignIn, (Delegate)((HttpContext http) => FleetPages.GuardAsync(http, async _ =>
        {
            string path = Local(http.Request.Query["return"].FirstOrDefault() ?? HubPages.Fleet);
            await http.RequestServices.GetRequiredService<OidcProvider>().RequireAsync(http.RequestAborted);
            await http.ChallengeAsync(Scheme, new AuthenticationProperties { RedirectUri = path });
            return Results.Empty;
        }))).ExcludeFromDescription();
        FleetPages.Do(app, HubPages.SignOut, FleetRole.Viewer, async (http, _, caller) =>
        {
            await http.RequestServices.GetRequiredService<Sessions>().EndAsync(http, caller);
            return HubPages.Fleet;
        });
    }

    /// <summary>The link that begins a sign-in and leads back to what was asked for; null when people do not sign in here.</summary>
    public static string? Link(HttpContext http, HubOptions options)
    {
        if (options.Oidc?.Client is null)
        {
            return null;
        }

        string wanted = HttpMethods.IsGet(http.Request.Method) && !http.Request.Path.StartsWithSegments(HubPages.SignIn, StringComparison.Ordinal) ? http.Request.Path + http.Request.QueryString : HubPages.Fleet;
        return wanted.Length > LongestReturn || wanted == HubPages.Fleet ? HubPages.SignIn : $"{HubPages.SignIn}?return={Uri.EscapeDataString(wanted)}";
    }

    /// <summary>A path of this hub, and nothing that a browser could take for another site.</summary>
    /// <exception cref="RequestException">It is none.</exception>
    internal static string Local(string path) =>
        path.Length is > 0 and <= LongestReturn && path[0] == '/' && !(path.Length > 1 && path[1] is '/' or '\\') && !path.Any(c => c is '\\' or <= ' ' or >= '\x7f')
            ? path
            : throw RequestException.Bad("return: is no path of this hub");

    private static void Session(CookieAuthenticationOptions o, OidcOptions oidc)
    {
        // Lax, not Strict: the way back from the provider begins at another site.
        (o.Cookie.Name, o.Cookie.Path, o.Cookie.HttpOnly, o.Cookie.SecurePolicy, o.Cookie.SameSite) = ("__Host-session", "/", true, CookieSecurePolicy.Always, SameSiteMode.Lax);
        (o.ExpireTimeSpan, o.SlidingExpiration) = (oidc.SessionLife, false);
    }

    private static void Provider(OpenIdConnectOptions o, OidcOptions oidc)
    {
        (o.ClientId, o.ClientSecret, o.SignInScheme) = (oidc.Client, oidc.ClientSecret, Sessions.Scheme);
        (o.ResponseType, o.ResponseMode, o.UsePkce) = (OpenIdConnectResponseType.Code, OpenIdConnectResponseMode.Query, true);
        (o.CallbackPath, o.RemoteSignOutPath, o.SignedOutCallbackPath) = (Callback, default, default);
        (o.MapInboundClaims, o.SaveTokens, o.GetClaimsFromUserInfoEndpoint, o.DisableTelemetry) = (false, false, false, true);
        o.RemoteAuthenticationTimeout = o.ProtocolValidator.NonceLifetime = TimeSpan.FromMinutes(10);
        o.TokenValidationParameters.ValidAlgorithms = OidcTokens.Algorithms;
        o.TokenValidationParameters.ClockSkew = TimeSpan.FromMinutes(1);
        o.Scope.Clear();
        foreach (string scope in oidc.Scopes)
        {
            o.Scope.Add(scope);
        }

        foreach ((CookieBuilder cookie, string name) in new[] { (o.CorrelationCookie, "__Host-sign-in."), (o.NonceCookie, "__Host-nonce.") })
        {
            (cookie.Name, cookie.Path, cookie.HttpOnly, cookie.SecurePolicy, cookie.SameSite) = (name, "/", true, CookieSecurePolicy.Always, SameSiteMode.Lax);
        }

        o.Events.OnTokenValidated = Known;
        o.Events.OnTicketReceived = BegunAsync;
        o.Events.OnRemoteFailure = RefusedAsync;
    }

    /// <summary>Keeps of the provider's claims what the page needs.</summary>
    private static Task Known(TokenValidatedContext context)
    {
        OidcTokens tokens = context.HttpContext.RequestServices.GetRequiredService<OidcTokens>();
        (string name, FleetRole? role) = tokens.Read((ClaimsIdentity)context.Principal!.Identity!);
        if (role is null)
        {
            context.Fail(new RequestException(StatusCodes.Status403Forbidden, tokens.NoRole(name)));
            return Task.CompletedTask;
        }

        HttpContext http = context.HttpContext;
        context.Principal = http.RequestServices.GetRequiredService<Sessions>().Begin(name, role.Value);
        context.Properties!.IsPersistent = false;
        return Task.CompletedTask;
    }

    private static async Task BegunAsync(TicketReceivedContext context)
    {
        HttpContext http = context.HttpContext;
        FleetPages.Secure(http);
        await http.RequestServices.GetRequiredService<Sessions>().NoteAsync(context.Principal!, http.RequestAborted);
    }

    private static async Task RefusedAsync(RemoteFailureContext context)
    {
        HttpContext http = context.HttpContext;
        context.HandleResponse();
        (int status, string text) = Problem(context.Failure!);
        http.RequestServices.GetRequiredService<Sessions>().LogRefused(text);
        IResult page = await FleetPages.GuardAsync(http, _ => throw new RequestException(status, text));
        await page.ExecuteAsync(http);
    }

    private static (int Status, string Text) Problem(Exception failure) => failure switch
    {
        RequestException e => (e.Status, e.Message),
        _ when failure.InnerException is RequestException e => (e.Status, e.Message),
        HttpRequestException or TaskCanceledException => (StatusCodes.Status503ServiceUnavailable, "the OIDC provider does not answer: sign in again later, or use a client certificate"),
        _ when failure.Data["error"] is string error => (StatusCodes.Status401Unauthorized, $"the OIDC provider refused: {Short($"{error}: {failure.Data["error_description"]}")}"),
        OpenIdConnectProtocolInvalidNonceException => (StatusCodes.Status401Unauthorized, "the sign-in did not go through: the provider's answer belongs to another sign-in (nonce)"),
        SecurityTokenException => (StatusCodes.Status401Unauthorized, "the sign-in did not go through: the provider's ID token is not good"),
        _ => (StatusCodes.Status400BadRequest, "the sign-in did not go through: it is too old, was used already, or began in another browser; sign in again"),
    };

    private static string Short(string text) => text.Length <= 200 ? text : text[..200];
}
