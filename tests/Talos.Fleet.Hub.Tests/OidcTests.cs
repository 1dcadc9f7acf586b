using System.Security.Claims;
using Microsoft.Extensions.Configuration;
using Talos.Fleet.Hub.Identity;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Tests;

public sealed class OidcTests
{
    [Theory]
    [InlineData("viewer", FleetRole.Viewer)]
    [InlineData("operator,viewer", FleetRole.Operator)]
    [InlineData("other,admin", FleetRole.Admin)]
    [InlineData("Admin", null)]
    public void The_highest_role_of_a_token_counts(string roles, FleetRole? expected) =>
        Assert.Equal(expected, OidcTokens.RoleIn(roles.Split(',').Select(r => new Claim("roles", r))));

    [Theory]
    [InlineData("https://id.example/realms/fleet")]
    [InlineData("http://localhost:4000")]
    [InlineData("http://127.0.0.1:4000")]
    [InlineData("http://[::1]:4000/x")]
    public void A_provider_over_https_or_on_the_loopback_is_taken(string authority) =>
        Assert.Equal(authority, OidcOptions.From(Settings(("oidc-authority", authority)))?.Authority);

    [Theory]
    [InlineData("http://id.example", "--oidc-authority: http://id.example is http and not on the loopback: ")]
    [InlineData("http://localhost.example", "--oidc-authority: http://localhost.example is http and not on the loopback: ")]
    [InlineData("ftp://id.example", "--oidc-authority: ftp://id.example is no https URL")]
    [InlineData("id.example", "--oidc-authority: id.example is no https URL")]
    [InlineData("https://id.example?x=1", "--oidc-authority: https://id.example?x=1 is no https URL")]
    public void Another_one_is_refused_at_the_start(string authority, string line) =>
        Assert.StartsWith(line, Assert.Throws<HubSetupException>(() => HubOptions.From(Settings(("oidc-authority", authority)))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("/nowhere/ca.pem", "--oidc-ca: /nowhere/ca.pem: ")]
    [InlineData("/dev/null", "--oidc-ca: /dev/null has no certificate in PEM")]
    public void A_CA_that_cannot_be_read_is_refused_at_the_start(string file, string line) =>
        Assert.StartsWith(line, Assert.Throws<HubSetupException>(() => HubOptions.From(Settings(("oidc-authority", "https://id.example"), ("oidc-ca", file)))).Message, StringComparison.Ordinal);

    internal static IConfiguration Settings(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build();
}
