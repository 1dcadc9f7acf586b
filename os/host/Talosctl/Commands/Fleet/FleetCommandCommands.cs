using System.CommandLine;
using System.Text.Json.Nodes;
using Talos.Fleet.Api;
using Talos.Fleet.Protocol;
using Talosctl.Cli;
using Talosctl.Fleet;
using Command = System.CommandLine.Command;

namespace Talosctl.Commands.Fleet;

/// <summary><c>fleet command NODE... ACTION</c>, <c>fleet command list</c> and <c>fleet command status</c>.</summary>
internal static class FleetCommandCommands
{
    private static readonly Dictionary<string, CommandKind> Actions = new(StringComparer.Ordinal)
    {
        ["reboot"] = CommandKind.Reboot,
        ["upgrade"] = CommandKind.Upgrade,
        ["rollback"] = CommandKind.Rollback,
        ["support"] = CommandKind.SupportBundle,
        ["patch"] = CommandKind.ApplyConfigPatch,
    };

    public static Command Create(Host host)
    {
        Argument<string[]> words = new("node... action") { Description = "Nodes, then one of reboot, upgrade, rollback, support, patch", Arity = ArgumentArity.OneOrMore };
        Option<string?> bundle = new("--bundle") { Description = "upgrade: bundle at the hub: its version, id or the beginning of it" };
        Option<bool> force = new("--force") { Description = "upgrade: also if the version failed on the node before" };
        Option<string?> patch = new("--patch", "-p") { Description = "patch: the patch in YAML, or @FILE" };
        Option<string> expires = new("--expires") { Description = "How long a node that is away may still take it, such as 10m or 24h", DefaultValueFactory = _ => "24h" };
        Option<bool> yes = new("--yes", "-y") { Description = "Do not ask whether what disrupts is meant" };
        Option<bool> watch = new("--watch", "-w") { Description = "Wait until each node ended it; the exit code is 1 unless all succeeded" };
        Option<string> output = FleetOptions.Output();
        words.CompletionSources.Add([.. Actions.Keys]);
        Command command = new("command", "Give nodes something to do once") { words, bundle, force, patch, expires, yes, watch, output, List(host), Status(host) };
        command.Uses(host, async call =>
        {
            (string[] nodes, string action) = Split(call.Parsed.GetValue(words)!);
            CommandRequest request = new()
            {
                Kind = Actions[action],
                BundleId = action == "upgrade" ? (await FleetBundleCommands.FindAsync(call, Needed(call.Parsed.GetValue(bundle), "upgrade: what to install is not said: use --bundle VERSION"))).Id : null,
                Force = call.Parsed.GetValue(force),
                Patch = action == "patch" ? FileInput.Patches([Needed(call.Parsed.GetValue(patch), "patch: what to change is not said: use --patch @FILE")], host)[0] : null,
                ExpiresSeconds = (int)Math.Clamp(Units.Duration(call.Parsed.GetValue(expires)!).TotalSeconds, 0, int.MaxValue),
            };
            if (action != "support" && !Confirmation.Given(host, $"{action} {string.Join(", ", nodes)}", "this disrupts what runs there", call.Parsed.GetValue(yes)))
            {
                return 1;
            }

            (JsonArray given, bool all) = await GiveAsync(call, nodes, request);
            bool good = call.Parsed.GetValue(watch) ? await FollowAsync(call, given, output) : true;
            call.Print(output, new JsonObject { ["items"] = given }, to => Write(Read(given), to));
            return all && good ? 0 : 1;
        });
        return command;
    }

    private static Command List(Host host)
    {
        Argument<string> node = new("node") { Description = "Id of the node" };
        Option<int> limit = new("--limit") { Description = "At most this many", DefaultValueFactory = _ => 20 };
        Option<string> output = FleetOptions.Output();
        Command command = new("list", "List commands of a node, the newest first") { node, limit, output };
        command.Uses(host, async call =>
        {
            JsonObject answer = await call.Hub.GetAsync($"{Path(call.Parsed.GetValue(node)!)}?limit={call.Parsed.GetValue(limit)}", call.Stop);
            call.Print(output, answer, to => Write(HubClient.Read(answer, HubClient.Json.PageCommandRecord).Items, to));
        });
        return command;
    }

    private static Command Status(Host host)
    {
        Argument<string> node = new("node") { Description = "Id of the node" };
        Argument<string> id = new("id") { Description = "Id of the command" };
        Option<bool> watch = new("--watch", "-w") { Description = "Wait until the node ended it; the exit code is 1 unless it succeeded" };
        Option<string> output = FleetOptions.Output();
        Command command = new("status", "Show what became of a command") { node, id, watch, output };
        command.Uses(host, async call =>
        {
            JsonArray one = [(JsonNode)await call.Hub.GetAsync($"{Path(call.Parsed.GetValue(node)!)}/{Uri.EscapeDataString(call.Parsed.GetValue(id)!)}", call.Stop)];
            bool good = call.Parsed.GetValue(watch) ? await FollowAsync(call, one, output) : true;
            call.Print(output, (JsonObject)one[0]!, to => Write(Read(one), to));
            return good ? 0 : 1;
        });
        return command;
    }

    private static (string[] Nodes, string Action) Split(string[] words) => words is [.., var action] && Actions.ContainsKey(action)
        ? words.Length > 1 ? (words[..^1], action) : throw new TalosctlException($"{action}: no node is named: talosctl fleet command NODE... {action}")
        : throw new TalosctlException($"{words[^1]}: is none of {string.Join(", ", Actions.Keys)}: talosctl fleet command NODE... ACTION");

    private static string Needed(string? value, string problem) => string.IsNullOrWhiteSpace(value) ? throw new TalosctlException(problem) : value;

    /// <summary>Asks for the command on each node; one that is refused is said and does not keep the others from it.</summary>
    private static async Task<(JsonArray Given, bool All)> GiveAsync(FleetCall call, string[] nodes, CommandRequest request)
    {
        JsonArray given = [];
        bool all = true;
        foreach (string node in nodes)
        {
            try
            {
                given.Add((JsonNode)await call.Hub.PostAsync(Path(node), request, HubClient.Json.CommandRequest, call.Stop));
            }
            catch (TalosctlException e)
            {
                call.Host.Error.WriteLine(nodes.Length == 1 ? e.Message : $"{node}: {e.Message}");
                all = false;
            }
        }

        return (given, all);
    }

    /// <summary>Waits until all commands ended; the records are replaced by what they are then.</summary>
    private static async Task<bool> FollowAsync(FleetCall call, JsonArray commands, Option<string> output)
    {
        Dictionary<string, CommandState?> said = new(StringComparer.Ordinal);
        if (commands.Count == 0)
        {
            return false;
        }

        string? only = commands.Count == 1 ? Read(commands)[0].Node : null;
        await foreach (HubMessage message in FleetWatchCommand.FollowAsync(call, only, null))
        {
            if (message.Name is not ("connected" or "missed" or "command"))
            {
                continue;
            }

            // What the stream says may be older than an answer asked for since: the answer counts.
            for (int i = 0; i < commands.Count; i++)
            {
                CommandRecord record = Read(commands)[i];
                if (record.State is not { } state || !CommandRules.IsFinal(state))
                {
                    commands[i] = await call.Hub.GetAsync($"{Path(record.Node)}/{Uri.EscapeDataString(record.Id)}", call.Stop);
                    record = Read(commands)[i];
                }

                string key = $"{record.Node}/{record.Id}";
                if (call.Parsed.GetValue(output) == "table" && (!said.TryGetValue(key, out CommandState? before) || before != record.State))
                {
                    call.Host.Error.WriteLine($"{FleetText.Moment(call.Now)}  {FleetText.Line(record)}");
                    said[key] = record.State;
                }
            }

            IReadOnlyList<CommandRecord> all = Read(commands);
            if (all.All(c => c.State is { } state && CommandRules.IsFinal(state)))
            {
                return all.All(c => c.State is CommandState.Succeeded);
            }
        }

        return false;
    }

    private static IReadOnlyList<CommandRecord> Read(JsonArray commands) => [.. commands.Select(c => HubClient.Read(c!, HubClient.Json.CommandRecord))];

    private static string Path(string node) => $"nodes/{Uri.EscapeDataString(node)}/commands";

    private static void Write(IEnumerable<CommandRecord> commands, TextWriter to)
    {
        Table table = new("NODE", "COMMAND", "ACTION", "STATE", "BY", "MADE", "MESSAGE");
        foreach (CommandRecord c in commands)
        {
            table.Add(c.Node, c.Id, FleetText.Word<CommandKind>(c.Kind), c.State is null ? "sent" : FleetText.Word(c.State), c.IssuedBy, FleetText.Moment(c.Issued), c.Message ?? "");
        }

        table.WriteTo(to);
    }
}
