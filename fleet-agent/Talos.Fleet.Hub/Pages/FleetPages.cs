using System.Security.Cryptography;
using System.Text;
using Talos.Fleet.Api;
using Talos.Fleet.Hub.Orders;
using Talos.Fleet.Hub.Rest;
using Talos.Fleet.Hub.Store;
using Talos.Fleet.Pages;
using Talos.Fleet.Protocol;
using Talos.Fleet.Rollouts;

namespace Talos.Fleet.Hub.Pages;

/// <summary>Serves the page: reads, calls one function of <see cref="HubPages"/>, sends its text.</summary>
internal static class FleetPages
{
    private const string Cookie = "__Host-form";
    private const int MapLimit = 1000;
    private const int Points = 1000;
    private const int Events = 100;
    private const int MaxForm = 256 << 10;

    public static void Map(WebApplication app)
    {
        app.MapGet($"{PageAssets.Path}/{{name}}", Asset).ExcludeFromDescription();
        Show(app, HubPages.Fleet, OverviewAsync);
        Show(app, "/nodes/{id}", NodeAsync);
        Show(app, HubPages.Rollouts, RolloutsAsync);
        Show(app, "/rollouts/{id}", RolloutAsync);
        Do(app, HubPages.Rollouts, FleetRole.Operator, CreateAsync);
        Do(app, "/nodes/{id}/commands", FleetRole.Operator, CommandAsync);
        Act(app, "pause", FleetRole.Operator, who => new RolloutEvent.Pause(who));
        Act(app, "resume", FleetRole.Operator, who => new RolloutEvent.Resume(who));
        Act(app, "abort", FleetRole.Operator, who => new RolloutEvent.Abort(who));
        Act(app, "approve", FleetRole.Admin, who => new RolloutEvent.Approve(who));
    }

    private static IResult Asset(string name, HttpContext http)
    {
        if (PageAssets.Find(name) is not { } file)
        {
            throw RequestException.NotFound($"file {name}");
        }

        Secure(http);
        http.Response.Headers.CacheControl = "no-cache";
        return Results.Bytes(file.Bytes, file.ContentType, entityTag: new Microsoft.Net.Http.Headers.EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(file.Bytes))[..16]}\""));
    }

    private static Task<string> OverviewAsync(HttpContext http, FleetStore store, PageContext context)
    {
        string? Query(string name) => http.Request.Query[name].FirstOrDefault() is { Length: > 0 and <= 256 } text ? text : null;
        OverviewFilter filter = new(Query("board"), Query("version"), Query("presence"), Query("label"), Query("search"), Query("after"));
        PresenceStatus? presence = NodeStore.ReadPresence(filter.Presence);
        return ReadAsync(http, async ct =>
        {
            (FleetSummary summary, List<NodeSummary> nodes) = await store.ReadAsync(
                s => (NodeStore.Fleet(s, context.Now), NodeStore.List(s, new NodeFilter(filter.Board, filter.Version, presence, filter.Label, filter.Search), filter.After ?? "", MapLimit)), ct);
            List<RolloutView> open = summary.OpenRollouts == 0 ? [] : await http.RequestServices.GetRequiredService<RolloutService>().ListAsync(50, ct);
            Page<NodeSummary> page = new() { Items = nodes, Next = nodes.Count == MapLimit ? nodes[^1].Id : null };
            return HubPages.Overview(new OverviewModel(summary, page, filter, [.. open.Where(r => !r.Head.IsOver)]), context);
        });
    }

    private static Task<string> NodeAsync(HttpContext http, FleetStore store, PageContext context) => ReadAsync(http, async ct =>
    {
        string id = Id(http);
        NodeModel model = await store.ReadAsync(
            s => new NodeModel(
                NodeStore.Detail(s, id) ?? throw RequestException.NotFound($"node {id}"), NodeStore.Telemetry(s, id, DateTimeOffset.UnixEpoch, Points),
                NodeStore.Events(s, id, null, Events), OrderStore.Commands(s, id, 20), BundleStore.List(s, http.RequestServices.GetRequiredService<HubOptions>())),
            ct);
        return HubPages.Node(model, context);
    });

    private static Task<string> RolloutsAsync(HttpContext http, FleetStore store, PageContext context) => ReadAsync(http, async ct =>
    {
        List<RolloutView> rollouts = await http.RequestServices.GetRequiredService<RolloutService>().ListAsync(100, ct);
        HubOptions options = http.RequestServices.GetRequiredService<HubOptions>();
        return await store.ReadAsync(
            s => HubPages.AllRollouts(
                new RolloutsModel(rollouts, BundleStore.List(s, options), [.. NodeStore.Fleet(s, context.Now).Boards.Keys.Where(b => b.Length > 0)], RolloutStore.HeldBack(s)), context),
            ct);
    });

    private static Task<string> RolloutAsync(HttpContext http, FleetStore store, PageContext context) => ReadAsync(http, async ct =>
    {
        RolloutService rollouts = http.RequestServices.GetRequiredService<RolloutService>();
        RolloutView view = await rollouts.FindAsync(Id(http), ct) ?? throw RequestException.NotFound($"rollout {Id(http)}");
        return HubPages.Rollout(new RolloutModel(view, await rollouts.NodesAsync(view.Id, ct) ?? []), context);
    });

    private static async Task<string> CreateAsync(HttpContext http, IFormCollection form, Caller caller)
    {
        HubOptions options = http.RequestServices.GetRequiredService<HubOptions>();
        List<BundleRecord> bundles = await http.RequestServices.GetRequiredService<FleetStore>().ReadAsync(s => BundleStore.List(s, options), http.RequestAborted);
        string? problem = RolloutForm.Read(name => form[name].FirstOrDefault(), bundles, out RolloutPlan? plan);
        return problem is not null
            ? throw RequestException.Bad(problem)
            : $"/rollouts/{(await http.RequestServices.GetRequiredService<RolloutService>().CreateAsync(plan!, caller, http.RequestAborted)).Id}";
    }

    private static async Task<string> CommandAsync(HttpContext http, IFormCollection form, Caller caller)
    {
        if (CommandForm.Read(name => form[name].FirstOrDefault(), out CommandRequest? request) is { } problem)
        {
            throw RequestException.Bad(problem);
        }

        CommandRecord made = await http.RequestServices.GetRequiredService<CommandService>().GiveAsync(Id(http), request!, caller, http.RequestAborted);
        return $"/nodes/{Uri.EscapeDataString(made.Node)}#commands";
    }

    private static void Act(WebApplication app, string verb, FleetRole role, Func<string, RolloutEvent> happened) => Do(app, $"/rollouts/{{id}}/{verb}", role, async (http, _, caller) =>
    {
        RolloutView view = await http.RequestServices.GetRequiredService<RolloutService>()
            .ActAsync(Id(http), happened(caller.Name), $"rollout.{verb}", caller.Name, caller.RoleWord, http.RequestAborted);
        return $"/rollouts/{view.Id}";
    });

    /// <summary>A page that a viewer may see.</summary>
    private static void Show(WebApplication app, string path, Func<HttpContext, FleetStore, PageContext, Task<string>> page) => app.MapGet(path, (Delegate)((HttpContext http) => GuardAsync(http, async context =>
    {
        Caller caller = await http.RequestServices.GetRequiredService<Access>().RequireAtPageAsync(http, FleetRole.Viewer);
        string token = http.Request.Cookies[Cookie] is { Length: 43 } known ? known : NewToken(http);
        context.Known = new PageContext(caller.Name, caller.Role, token, http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow(), caller.Session is not null);
        return Results.Text(await page(http, http.RequestServices.GetRequiredService<FleetStore>(), context.Known), "text/html; charset=utf-8");
    }))).ExcludeFromDescription();

    /// <summary>A form that changes something. It must come from a page of ours: a client certificate is shown to whoever asks, and a cookie is sent along, so another site could send forms in a person's name.</summary>
    internal static void Do(WebApplication app, string path, FleetRole role, Func<HttpContext, IFormCollection, Caller, Task<string>> action) => app.MapPost(path, (Delegate)((HttpContext http) => GuardAsync(http, async context =>
    {
        Caller caller = await http.RequestServices.GetRequiredService<Access>().RequireAtPageAsync(http, role);
        context.Known = new PageContext(caller.Name, caller.Role, "", http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow());
        if (http.Request.Headers["Sec-Fetch-Site"].FirstOrDefault() is not (null or "same-origin") || !http.Request.HasFormContentType || http.Request.ContentLength is null or > MaxForm)
        {
            throw new RequestException(StatusCodes.Status403Forbidden, "the form did not come from a page of this hub");
        }

        IFormCollection form = await http.Request.ReadFormAsync(http.RequestAborted);
        string cookie = http.Request.Cookies[Cookie] ?? "", field = form[RolloutForm.TokenField].FirstOrDefault() ?? "";
        return cookie.Length == 43 && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(cookie), Encoding.UTF8.GetBytes(field))
            ? Results.LocalRedirect(await action(http, form, caller))
            : throw new RequestException(StatusCodes.Status403Forbidden, "the form is too old: load its page again, then send it again");
    }))).ExcludeFromDescription();

    internal static async Task<IResult> GuardAsync(HttpContext http, Func<Seen, Task<IResult>> work)
    {
        Secure(http);
        http.Response.Headers.CacheControl = "no-store";
        Seen seen = new();
        try
        {
            return await work(seen);
        }
        catch (RequestException e)
        {
            return Results.Text(HubPages.Problem(e.Status, e.Message, seen.Known, SignIn.Link(http, http.RequestServices.GetRequiredService<HubOptions>())), "text/html; charset=utf-8", statusCode: e.Status);
        }
    }

    internal static void Secure(HttpContext http)
    {
        IHeaderDictionary headers = http.Response.Headers;
        headers.ContentSecurityPolicy = PageAssets.SecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }

    private static string NewToken(HttpContext http)
    {
        string token = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).Replace('+', '-').Replace('/', '_').TrimEnd('=');
        http.Response.Cookies.Append(Cookie, token, new CookieOptions { Secure = true, HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/", IsEssential = true });
        return token;
    }

    private static string Id(HttpContext http) => (string)http.Request.RouteValues["id"]!;

    private static Task<string> ReadAsync(HttpContext http, Func<CancellationToken, Task<string>> read) => read(http.RequestAborted);

    /// <summary>Who looks, once that is known.</summary>
    internal sealed class Seen
    {
        public PageContext? Known { get; set; }
    }
}
