using System.Security.Claims;
using System.Security.Cryptography.X509Certificates;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Talos.Fleet.Hub.Identity;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Rest;

/// <summary>Who calls.</summary>
internal sealed record Caller(string Name, FleetRole Role)
{
    public string RoleWord => FleetAuthority.RoleWord(Role);

    /// <summary>Refuses who has less than the role.</summary>
    /// <exception cref="RequestException">403.</exception>
    public Caller Require(FleetRole role) => Role >= role
        ? this
        : throw new RequestException(StatusCodes.Status403Forbidden, $"{Name} is {RoleWord}; this takes {FleetAuthority.RoleWord(role)}");
}

/// <summary>Finds out who calls: by a certificate of the fleet CA with OU=viewer, operator or admin, or by a token of the OIDC provider.</summary>
internal sealed class Access
{
    private readonly FleetAuthority _authority;
    private readonly Enrollment _enrollment;
    private readonly HubOptions _options;
    private readonly TimeProvider _time;
    private readonly ConfigurationManager<OpenIdConnectConfiguration>? _provider;

    public Access(FleetAuthority authority, Enrollment enrollment, HubOptions options, TimeProvider time)
    {
        (_authority, _enrollment, _options, _time) = (authority, enrollment, options, time);
        _provider = options.OidcAuthority is { } url
            ? new ConfigurationManager<OpenIdConnectConfiguration>($"{url.TrimEnd('/')}/.well-known/openid-configuration", new OpenIdConnectConfigurationRetriever(), new HttpDocumentRetriever())
            : null;
    }

    /// <summary>The caller; refuses who has less than the role.</summary>
    /// <exception cref="RequestException">401 or 403.</exception>
    public async Task<Caller> RequireAsync(HttpContext context, FleetRole role)
    {
        Caller caller = await FindAsync(context)
            ?? throw new RequestException(StatusCodes.Status401Unauthorized, "who are you: show a client certificate of the fleet CA with OU=viewer, operator or admin, or a bearer token of the OIDC provider");
        return caller.Require(role);
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
        if (header?.StartsWith("Bearer ", StringComparison.Ordinal) is true)
        {
            return await FromTokenAsync(header["Bearer ".Length..], context.RequestAborted);
        }

        return await context.Connection.GetClientCertificateAsync() is { } certificate && FleetAuthority.RoleOf(certificate) is { } role && IsGood(certificate)
            ? new Caller(FleetAuthority.CommonName(certificate.SubjectName) ?? "?", role)
            : null;
    }

    private bool IsGood(X509Certificate2 certificate) => _authority.Issued(certificate, _time.GetUtcNow()) && !_enrollment.IsRevoked(certificate);

    private async Task<Caller?> FromTokenAsync(string token, CancellationToken ct)
    {
        if (_provider is null)
        {
            return null;
        }

        OpenIdConnectConfiguration provider = await _provider.GetConfigurationAsync(ct);
        TokenValidationResult result = await new JsonWebTokenHandler { MapInboundClaims = false }.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = provider.Issuer,
            ValidAudience = _options.OidcAudience,
            IssuerSigningKeys = provider.SigningKeys,
            ValidAlgorithms = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384"],
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ClockSkew = TimeSpan.FromMinutes(1),
        });
        if (!result.IsValid)
        {
            if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
            {
                _provider.RequestRefresh();
            }

            throw new RequestException(StatusCodes.Status401Unauthorized, $"bearer token: {result.Exception.Message.Split('\n')[0]}");
        }

        string name = result.ClaimsIdentity.FindFirst("preferred_username")?.Value ?? result.ClaimsIdentity.FindFirst("sub")?.Value ?? "?";
        FleetRole? role = RoleIn(result.ClaimsIdentity.FindAll(_options.OidcRoleClaim));
        return role is { } r ? new Caller(name, r) : throw new RequestException(StatusCodes.Status403Forbidden, $"{name}: claim {_options.OidcRoleClaim} has none of viewer, operator, admin");
    }

    internal static FleetRole? RoleIn(IEnumerable<Claim> claims)
    {
        HashSet<string> words = [.. claims.Select(c => c.Value)];
        return words.Contains("admin") ? FleetRole.Admin : words.Contains("operator") ? FleetRole.Operator : words.Contains("viewer") ? FleetRole.Viewer : null;
    }
}
