using System.Net;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Talos.Fleet.Hub.Rest;

namespace Talos.Fleet.Hub.Tests.Security;

/// <summary>A page of another site, in the browser of an administrator who has a certificate of the fleet.</summary>
[Trait("Category", "Security")]
public sealed class SameSiteTests
{
    private const string Own = "https://hub.example:8443";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", "", false)]
    [InlineData("none", "", false)]
    [InlineData("same-origin", Own, false)]
    [InlineData("", "https://HUB.example:8443", false)]
    [InlineData("cross-site", "", true)]
    [InlineData("same-site", "", true)]
    [InlineData("SAME-ORIGIN", "", true)]
    [InlineData("same-origin, cross-site", "", true)]
    [InlineData("", "null", true)]
    [InlineData("none", "null", false)]
    [InlineData("same-origin", "null", false)]
    [InlineData("cross-site", Own, true)]
    [InlineData("", "http://hub.example:8443", true)]
    [InlineData("", "https://hub.example", true)]
    [InlineData("", "https://hub.example:8443.evil.example", true)]
    [InlineData("", "https://evil.example", true)]
    public void What_the_browser_says_decides(string site, string origin, bool foreign) => Assert.Equal(foreign, SameSite.IsForeign(site, origin, Own));

    [Fact]
    [Trait("Category", "Integration")]
    public async Task Every_route_that_changes_something_refuses_what_another_site_asks_for_and_does_nothing()
    {
        await using RunningHub hub = await RunningHub.StartAsync();
        await hub.NodeAsync("n-1");
        List<(string Method, string Path)> writes = [.. Writes(hub)];
        long audited = await AuditedAsync(hub);

        foreach ((string method, string path) in writes)
        {
            foreach ((string header, string value) in new[] { ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site"), ("Origin", "https://evil.example"), ("Origin", "null") })
            {
                using HttpRequestMessage request = new(new HttpMethod(method), new Uri(path, UriKind.Relative)) { Content = new FormUrlEncodedContent([]) };
                request.Headers.Add(header, value);
                using HttpResponseMessage answer = await hub.Admin.SendAsync(request, Token);

                Assert.True(answer.StatusCode is HttpStatusCode.Forbidden, $"{method} {path} with {header}: {value} gave {(int)answer.StatusCode}");
                Assert.Contains("another site", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
            }
        }

        Assert.InRange(writes.Count, 30, 200);
        Assert.Equal(audited, await AuditedAsync(hub));
        Assert.False((await hub.GetAsync("/api/v1/nodes/n-1", Api.HubJson.Default.NodeDetail)).Summary.Revoked);
    }

    [Fact]
    [Trait("Category", "Integration")]
    public async Task A_program_that_says_nothing_of_sites_and_a_page_of_the_hub_revoke_as_before()
    {
        await using RunningHub hub = await RunningHub.StartAsync();
        await hub.NodeAsync("n-1");
        await hub.NodeAsync("n-2");

        using HttpResponseMessage program = await hub.Admin.PostAsync(new Uri("/api/v1/nodes/n-1/revoke", UriKind.Relative), null, Token);
        using HttpRequestMessage page = new(HttpMethod.Post, new Uri("/api/v1/nodes/n-2/revoke", UriKind.Relative));
        page.Headers.Add("Sec-Fetch-Site", "same-origin");
        page.Headers.Add("Origin", $"https://localhost:{hub.Options.HttpsPort}");
        using HttpResponseMessage answer = await hub.Admin.SendAsync(page, Token);

        Assert.Equal(HttpStatusCode.NoContent, program.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    /// <summary>All routes of the hub with a method that changes something; a new one is among them.</summary>
    internal static IEnumerable<(string Method, string Path)> Writes(RunningHub hub) =>
        from endpoint in hub.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []
        where method is not ("GET" or "HEAD" or "OPTIONS")
        let pattern = endpoint.RoutePattern.RawText!
        select (method, "/" + pattern.TrimStart('/').Replace("{id}", "n-1", StringComparison.Ordinal).Replace("{command}", "c-1", StringComparison.Ordinal)
            .Replace("{bundle}", new string('a', 64), StringComparison.Ordinal).Replace("{board}", "b", StringComparison.Ordinal)
            .Replace("{unimplementedService}", "x", StringComparison.Ordinal).Replace("{unimplementedMethod:grpcunimplemented}", "y", StringComparison.Ordinal));

    private static Task<long> AuditedAsync(RunningHub hub) => hub.Store.ReadAsync(s => s.Number("SELECT count(*) FROM audit") ?? 0, Token);
}
