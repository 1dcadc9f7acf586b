using System.Security.Cryptography.X509Certificates;
using Talos.Fleet.Hub.Identity;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Rest;

/// <summary>Who calls.</summary>
internal sealed record Caller(string Name, FleetRole Role)
{
    /// <summary>The session of the page, when that is how the caller is known.</summary>
    public string? Session { get; init; }

    /// <summary>When what let the caller in ends: a certificate, a token or a session.</summary>
    public DateTimeOffset? Until { get; init; }

    public string RoleWord => FleetAuthority.RoleWord(Role);

    /// <summary>Refuses who has less than the role.</summary>
    /// <exception cref="RequestException">403.</exception>
    public Caller Require(FleetRole role) => Role >= role
        ? this
        : throw new RequestException(StatusCodes.Status403Forbidden, $"{Name} is {RoleWord}; this takes {FleetAuthority.RoleWord(role)}");
}

/// <summary>Finds out who calls: by a certificate of the fleet CA with OU=viewer, operator or admin, by a token of the OIDC provider, or, at the page alone, by a sign-in.</summary>
internal sealed class Access(FleetAuthority authority, Enrollment enrollment, TimeProvider time, OidcTokens? tokens = null, Sessions? sessions = null)
{
    /// <summary>The caller; refuses who has less than the role.</summary>
    /// <exception cref="RequestException">401 or 403.</exception>
    public async Task<Caller> RequireAsync(HttpContext context, FleetRole role) => (await FindAsync(context)
        ?? throw new RequestException(StatusCodes.Status401Unauthorized, "who are you: show a client certificate of the fleet CA with OU=viewer, operator or admin, or a bearer token of the OIDC provider")).Require(role);

    /// <summary>The caller of a page: a sign-in counts too.</summary>
    /// <exception cref="RequestException">401 or 403.</exception>
    public async Task<Caller> RequireAtPageAsync(HttpContext context, FleetRole role) =>
        sessions is null ? await RequireAsync(context, role)
            : (await FindAsync(context) ?? await sessions.FindAsync(context)
                ?? throw new RequestException(StatusCodes.Status401Unauthorized, "who are you: sign in, or show a client certificate of the fleet CA with OU=viewer, operator or admin")).Require(role);

    /// <summary>The caller of what a page reads beside itself: a sign-in counts when the browser says that a page of this hub asks.</summary>
    /// <exception cref="RequestException">401 or 403.</exception>
    public Task<Caller> RequireFromPageAsync(HttpContext context, FleetRole role) =>
        HttpMethods.IsGet(context.Request.Method) && context.Request.Headers["Sec-Fetch-Site"] == "same-origin" ? RequireAtPageAsync(context, role) : RequireAsync(context, role);

    /// <summary>Whether a caller who was let in has since signed out, or what let him in came to its end.</summary>
    public async Task<bool> IsOverAsync(Caller caller, CancellationToken ct) =>
        caller.Until <= time.GetUtcNow() || (caller.Session is not null && (sessions is null || await sessions.IsOverAsync(caller, ct)));

    /// <summary>Done when what let the caller in is over: it is asked for every 15 s.</summary>
    public async Task EndAsync(Caller caller, CancellationToken ct)
    {
        while (!await IsOverAsync(caller, ct))
        {
            await Task.Delay(TimeSpan.FromSeconds(15), time, ct);
        }
    }

    /// <summary>The certificate of a node that may still speak.</summary>
    /// <exception cref="RequestException">401.</exception>
    public async Task<X509Certificate2> RequireNodeAsync(HttpContext context) =>
        await context.Connection.GetClientCertificateAsync() is { } certificate && FleetAuthority.IsNode(certificate) && IsGood(certificate)
            ? certificate
            : throw new RequestException(StatusCodes.Status401Unauthorized, "this takes the client certificate of an enrolled node that is neither over nor revoked");

    private async Task<Caller?> FindAsync(HttpContext context)
    {
        string? header = context.Request.Headers.Authorization;
        if (header?.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) is true)
        {
            return tokens is null ? null : await tokens.CallerAsync(header["Bearer ".Length..].Trim(), context.RequestAborted);
        }

        return await context.Connection.GetClientCertificateAsync() is { } certificate && FleetAuthority.RoleOf(certificate) is { } role && IsGood(certificate)
            ? new Caller(FleetAuthority.CommonName(certificate.SubjectName) ?? "?", role) { Until = certificate.NotAfter }
            : null;
    }

    /// <summary>Whether the fleet CA issued a certificate, and it is neither over nor revoked.</summary>
    public bool IsGood(X509Certificate2 certificate) => authority.Issued(certificate, time.GetUtcNow()) && !enrollment.IsRevoked(certificate);
}
