using System.Security.Claims;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Talos.Fleet.Hub.Rest;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Identity;

/// <summary>Programs' tokens of the OIDC provider.</summary>
internal sealed class OidcTokens(OidcOptions options, OidcProvider provider)
{
    /// <summary>Signatures with a key pair alone: with a shared secret the public key would do to make tokens.</summary>
    public static readonly IReadOnlyList<string> Algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    /// <summary>Whose token it is.</summary>
    /// <exception cref="RequestException">401: it is no good token; 403: it gives no role; 503: the provider does not answer.</exception>
    public async Task<Caller> CallerAsync(string token, CancellationToken ct)
    {
        OpenIdConnectConfiguration known = await provider.GetConfigurationAsync(ct);
        TokenValidationResult result = await ValidateAsync(token, known);
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException && await provider.NewerAsync(known, ct) is { } newer)
        {
            (known, result) = (newer, await ValidateAsync(token, newer));
        }

        if (!result.IsValid)
        {
            throw new RequestException(StatusCodes.Status401Unauthorized, $"bearer token: {Problem(result.Exception, known)}");
        }

        (string name, FleetRole? role) = Read(result.ClaimsIdentity);
        return role is { } given
            ? new Caller(name, given) { Until = DateTime.SpecifyKind(result.SecurityToken.ValidTo, DateTimeKind.Utc) + Skew }
            : throw new RequestException(StatusCodes.Status403Forbidden, NoRole(name));
    }

    /// <summary>Who the claims are of, and the highest role they name; null for none.</summary>
    public (string Name, FleetRole? Role) Read(ClaimsIdentity identity) =>
        (identity.FindFirst("preferred_username")?.Value ?? identity.FindFirst("sub")?.Value ?? "?", RoleIn(identity.FindAll(options.RoleClaim)));

    /// <summary>The highest role that is named; null for none.</summary>
    public static FleetRole? RoleIn(IEnumerable<Claim> claims)
    {
        HashSet<string> words = [.. claims.Select(c => c.Value)];
        return words.Contains("admin") ? FleetRole.Admin : words.Contains("operator") ? FleetRole.Operator : words.Contains("viewer") ? FleetRole.Viewer : null;
    }

    public string NoRole(string name) => $"{name}: claim {options.RoleClaim} has none of viewer, operator, admin";

    private Task<TokenValidationResult> ValidateAsync(string token, OpenIdConnectConfiguration known) =>
        new JsonWebTokenHandler { MapInboundClaims = false }.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = known.Issuer,
            ValidAudience = options.Audience,
            IssuerSigningKeys = known.SigningKeys,
            ValidAlgorithms = Algorithms,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ClockSkew = Skew,
        });

    private string Problem(Exception problem, OpenIdConnectConfiguration known) => problem switch
    {
        SecurityTokenExpiredException e => $"was good until {e.Expires:u}",
        SecurityTokenNotYetValidException e => $"is good from {e.NotBefore:u} only",
        SecurityTokenNoExpirationException => "has no end (exp)",
        SecurityTokenInvalidAudienceException => $"is not meant for this hub: its audience is not {options.Audience}",
        SecurityTokenInvalidIssuerException => $"is not of {known.Issuer}",
        SecurityTokenInvalidAlgorithmException => $"is signed with none of {string.Join(' ', Algorithms)}",
        SecurityTokenSignatureKeyNotFoundException => $"is signed with no key of {known.Issuer}",
        SecurityTokenInvalidSignatureException => $"has no good signature of {known.Issuer}",
        _ => "is no signed JWT",
    };
}
