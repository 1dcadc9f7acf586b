using System.Net;
using System.Text.RegularExpressions;
using Talos.Fleet.Hub.Identity;

namespace Talos.Fleet.Hub.Tests.Oidc;

/// <summary>A person at two hubs that share a PostgreSQL and the keys of their cookies.</summary>
[Trait("Category", "Integration")]
public sealed class SharedSignInTests(OpenIdProvider provider, PostgresServer server) : IClassFixture<OpenIdProvider>, IClassFixture<PostgresServer>
{
    [Fact]
    public async Task Who_signed_in_at_one_is_known_at_the_other_and_who_signs_out_there_is_out_at_both()
    {
        string database = server.NewDatabase();
        OidcOptions oidc = new() { Authority = provider.Issuer, Client = "hub-page" };
        await using RunningHub one = await RunningHub.StartAsync(o => o with { HttpsPort = provider.HubPort, Postgres = database, Oidc = oidc });
        using Person atOne = new(one);
        await atOne.SignInAsync("anna");
        await using RunningHub two = await RunningHub.StartAsync(o =>
        {
            string keys = Path.Combine(o.Data, "sign-in-keys");
            Directory.CreateDirectory(keys);
            foreach (FileInfo key in new DirectoryInfo(Path.Combine(one.Options.Data, "sign-in-keys")).GetFiles())
            {
                key.CopyTo(Path.Combine(keys, key.Name));
            }

            return o with { Name = "hub-2", Postgres = database, Oidc = oidc };
        });
        using Person atTwo = new(two);
        atTwo.Cookies.Add(new Cookie("__Host-session", atOne.Cookies.GetAllCookies()["__Host-session"]!.Value, "/", "localhost") { Secure = true });

        (int known, string page, _) = await atTwo.GetAsync("/");
        string token = Regex.Match(page, "name=\"form-token\" value=\"([^\"]+)\"").Groups[1].Value;
        int before = (await atOne.GetAsync("/")).Status;
        await atTwo.PostAsync("/sign-out", "same-origin", ("form-token", token));

        Assert.Equal((200, 200), (known, before));
        Assert.Contains("<span>anna, admin</span>", page, StringComparison.Ordinal);
        Assert.Equal(401, (await atOne.GetAsync("/")).Status);
    }
}
