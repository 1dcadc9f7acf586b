namespace Talos.Fleet.Pages;

/// <summary>Every page of the hub, as whole documents.</summary>
public static class HubPages
{
    /// <summary>Path of the fleet.</summary>
    public const string Fleet = "/";

    /// <summary>Path of the rollouts.</summary>
    public const string Rollouts = "/rollouts";

    /// <summary>Path that begins a sign-in.</summary>
    public const string SignIn = "/sign-in";

    /// <summary>Path that ends one.</summary>
    public const string SignOut = "/sign-out";

    /// <summary>The fleet: counts, map, list.</summary>
    public static string Overview(OverviewModel model, PageContext context) =>
        Layout.Document("Fleet", Fleet, OverviewPage.Body(model, context), context, "/api/v1/stream", pauseMilliseconds: 3000);

    /// <summary>A node with its charts and events.</summary>
    public static string Node(NodeModel model, PageContext context)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Layout.Document(model.Detail.Summary.Id, Fleet, NodePage.Body(model, context), context, $"/api/v1/stream?node={Uri.EscapeDataString(model.Detail.Summary.Id)}", pauseMilliseconds: 500);
    }

    /// <summary>All rollouts, and the form of a new one.</summary>
    public static string AllRollouts(RolloutsModel model, PageContext context) =>
        Layout.Document("Rollouts", Rollouts, RolloutsPage.Body(model, context), context, "/api/v1/stream", pauseMilliseconds: 3000);

    /// <summary>A rollout with its waves.</summary>
    public static string Rollout(RolloutModel model, PageContext context)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Layout.Document(model.View.Plan.Name, Rollouts, RolloutPage.Body(model, context), context, $"/api/v1/stream?rollout={Uri.EscapeDataString(model.View.Id)}", pauseMilliseconds: 1000);
    }

    /// <summary>What went wrong.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="problem">Why, and what to do next.</param>
    /// <param name="context">Null when it is not known who looks.</param>
    /// <param name="signIn">Link that begins a sign-in; null when people do not sign in here.</param>
    public static string Problem(int status, string problem, PageContext? context, string? signIn = null) => Layout.Document(
        "Not done",
        "",
        status == 401
            ? Html.Of($"""
                <h1>Who are you?</h1>
                <p>{problem}</p>
                {Html.If(signIn is not null, $"""<p><a class="button" id="sign-in" href="{signIn}">Sign in</a></p>""")}
                <p>The hub makes a first certificate when it starts for the first time. Make it a file that a browser takes, import it there, and load this page again:</p>
                <pre>openssl pkcs12 -export -in hub-data/admin.pem -out admin.p12</pre>
                """)
            : Html.Of($"""<h1>Not done</h1><p class="problem" role="alert">{problem}</p><p><a href="/">Fleet</a> · <a href="/rollouts">Rollouts</a>{Html.If(context is null && signIn is not null, $""" · <a id="sign-in" href="{signIn}">Sign in again</a>""")}</p>"""),
        context,
        null,
        0);
}
