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

    [Fact]
    public void A_client_with_its_secret_signs_people_in_for_eight_hours_at_most()
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, "s3cret\n");
        (string, string) provider = ("oidc-authority", "https://id.example");

        OidcOptions all = OidcOptions.From(Settings(provider, ("oidc-client", "hub"), ("oidc-client-secret-file", file), ("oidc-session-minutes", "30"), ("oidc-scopes", "roles,email")))!;
        OidcOptions least = OidcOptions.From(Settings(provider, ("oidc-client", "hub")))!;
        File.Delete(file);

        Assert.Equal(("hub", "s3cret", TimeSpan.FromMinutes(30), "openid roles email"), (all.Client, all.ClientSecret, all.SessionLife, string.Join(' ', all.Scopes)));
        Assert.Equal((null, TimeSpan.FromHours(8), "openid profile"), (least.ClientSecret, least.SessionLife, string.Join(' ', least.Scopes)));
        Refused("--oidc-session-minutes: 481 is not within 1 and 480", provider, ("oidc-session-minutes", "481"));
        Refused($"--oidc-client-secret-file: {file}: ", provider, ("oidc-client", "hub"), ("oidc-client-secret-file", file));
        Refused("--oidc-client-secret-file: is of no use without --oidc-client", provider, ("oidc-client-secret-file", file));
        Refused("--oidc-client: is of no use without --oidc-authority", ("oidc-client", "hub"));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/nodes/n-1?x=https://elsewhere")]
    public void A_path_of_the_hub_is_where_a_sign_in_may_lead(string path) => Assert.Equal(path, Pages.SignIn.Local(path));

    private static void Refused(string line, params (string Key, string Value)[] settings) =>
        Assert.StartsWith(line, Assert.Throws<HubSetupException>(() => HubOptions.From(Settings(settings))).Message, StringComparison.Ordinal);

    internal static IConfiguration Settings(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build();
}
