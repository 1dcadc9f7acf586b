using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Talos.Fleet.Api;
using Talosctl.Cli;
using Talosctl.Fleet;

namespace Talosctl.Commands.Fleet;

/// <summary><c>fleet enroll</c> and <c>fleet token create|list|delete</c>.</summary>
internal static class FleetTokenCommands
{
    public static Command Enroll(Host host)
    {
        TokenOptions options = new();
        Option<string?> address = new("--address") { Description = "Address of the hub as the node sees it; that of --hub when left out" };
        Option<string?> interval = new("--telemetry-interval") { Description = "Time between two measurements, such as 30s or 1h" };
        Command command = new("enroll", "Make a token and print the FleetConfig document with which a node joins") { options.Node, options.Uses, options.Expires, options.Label, address, interval };
        command.Uses(host, async call =>
        {
            string hub = call.Parsed.GetValue(address) ?? call.Hub.Hub.GetLeftPart(UriPartial.Authority);
            if (!Uri.TryCreate(hub, UriKind.Absolute, out Uri? url) || url.Scheme != Uri.UriSchemeHttps)
            {
                throw new TalosctlException($"--address {hub}: is no https address such as https://hub.example:8443");
            }

            TokenRecord token = HubClient.Read(await options.CreateAsync(call), HubClient.Json.TokenRecord);
            string ca = await call.Hub.TextAsync("ca", call.Stop);
            host.Out.Write(Document(hub, ca, token, call.Parsed.GetValue(interval)));
            host.Error.WriteLine($"good for {token.Uses} node{(token.Uses == 1 ? "" : "s")} until {FleetText.Moment(token.Expires)}; hand it over with: talosctl patch machineconfig --patch @FILE");
        });
        return command;
    }

    public static Command Token(Host host)
    {
        TokenOptions options = new();
        Option<string> output = FleetOptions.Output();
        Command create = new("create", "Make a token; it is shown this once") { options.Node, options.Uses, options.Expires, options.Label, output };
        create.Uses(host, async call =>
        {
            JsonObject answer = await options.CreateAsync(call);
            call.Print(output, answer, to => to.WriteLine((string?)answer["token"]));
        });
        Option<string> listed = FleetOptions.Output();
        Command list = new("list", "List tokens") { listed };
        list.Uses(host, async call =>
        {
            JsonObject answer = await call.Hub.GetAsync("tokens", call.Stop);
            call.Print(listed, answer, to =>
            {
                Table table = new("TOKEN", "USED", "EXPIRES", "NODE", "LABELS", "MADE BY");
                foreach (TokenRecord t in HubClient.Read(answer, HubClient.Json.PageTokenRecord).Items)
                {
                    table.Add(t.Id, $"{t.Used} of {t.Uses}", FleetText.Moment(t.Expires), FleetText.Or(t.Node), FleetText.Labels(t.Labels), t.CreatedBy);
                }

                table.WriteTo(to);
            });
        });
        Argument<string> id = new("id") { Description = "Id of the token, as the list has it" };
        Command delete = new("delete", "Make a token void; nodes that used it stay") { id };
        delete.Uses(host, async call =>
        {
            await call.Hub.DeleteAsync($"tokens/{Uri.EscapeDataString(call.Parsed.GetValue(id)!)}", call.Stop);
            host.Error.WriteLine($"token {call.Parsed.GetValue(id)} is void");
        });
        return new Command("token", "Tokens with which nodes enrol") { create, list, delete };
    }

    /// <summary>The document; the CA is indented below its key.</summary>
    private static string Document(string hub, string ca, TokenRecord token, string? interval)
    {
        StringBuilder text = new("apiVersion: v1alpha1\nkind: FleetConfig\n");
        text.Append(CultureInfo.InvariantCulture, $"hub: {hub}\nhubCA: |\n");
        foreach (string line in ca.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            text.Append(CultureInfo.InvariantCulture, $"    {line}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"token: {token.Token}\n");
        text.Append(token.Node is { } node ? $"nodeId: {node}\n" : "");
        return text.Append(interval is null ? "" : $"telemetryInterval: {interval}\n").ToString();
    }

    /// <summary>What a token is asked for with.</summary>
    private sealed class TokenOptions
    {
        public Option<string?> Node { get; } = new("--node") { Description = "The one node it is for; its id becomes this" };

        public Option<int> Uses { get; } = new("--uses") { Description = "How many nodes may use it", DefaultValueFactory = _ => 1 };

        public Option<string> Expires { get; } = new("--expires") { Description = "How long it is good, such as 30m or 24h", DefaultValueFactory = _ => "24h" };

        public Option<string[]> Label { get; } = FleetOptions.Many("--label", "Label the hub gives the nodes; KEY=VALUE");

        public Task<JsonObject> CreateAsync(FleetCall call)
        {
            TokenRequest request = new()
            {
                Node = call.Parsed.GetValue(Node),
                Uses = call.Parsed.GetValue(Uses),
                ExpiresSeconds = (int)Math.Clamp(Units.Duration(call.Parsed.GetValue(Expires)!).TotalSeconds, 0, int.MaxValue),
                Labels = FleetOptions.Labels(call.Parsed.List(Label)),
            };
            return call.Hub.PostAsync("tokens", request, HubClient.Json.TokenRequest, call.Stop);
        }
    }
}
