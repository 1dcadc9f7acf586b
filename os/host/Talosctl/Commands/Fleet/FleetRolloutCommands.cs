using System.CommandLine;
using System.Text.Json.Nodes;
using Talos.Fleet.Api;
using Talos.Fleet.Rollouts;
using Talosctl.Cli;
using Talosctl.Fleet;

namespace Talosctl.Commands.Fleet;

/// <summary><c>fleet rollout create|list|status|pause|resume|abort|approve</c>.</summary>
internal static class FleetRolloutCommands
{
    public static Command Create(Host host) => new("rollout", "Bring a version to nodes in waves")
    {
        New(host),
        List(host),
        Status(host),
        Act("pause", "Give no further orders until it is resumed; nodes that have one go on", host),
        Act("resume", "Go on, knowing what failed so far", host),
        Act("abort", "End it: orders that no node began are withdrawn", host),
        Act("approve", "Say yes to what it waits for", host),
    };

    private static Command New(Host host)
    {
        RolloutOptions options = new();
        Option<bool> watch = new("--watch", "-w") { Description = "Follow it until it is over" };
        Option<string> output = FleetOptions.Output();
        Command command = new("create", "Begin a rollout; without --canary and --waves: one node of each board, then all") { watch, output };
        options.AddTo(command);
        command.Uses(host, async call =>
        {
            RolloutPlan plan = await options.PlanAsync(call);
            JsonObject answer = await call.Hub.PostAsync("rollouts", plan, HubClient.Json.RolloutPlan, call.Stop);
            RolloutView made = HubClient.Read(answer, HubClient.Json.RolloutView);
            if (call.Parsed.GetValue(watch))
            {
                return await FollowAsync(call, made.Id);
            }

            call.Print(output, answer, to => FleetText.Write(made, to));
            return 0;
        });
        return command;
    }

    private static Command List(Host host)
    {
        Option<string> output = FleetOptions.Output();
        Command command = new("list", "List rollouts, the newest first") { output };
        command.Uses(host, async call =>
        {
            JsonObject answer = await call.Hub.GetAsync("rollouts", call.Stop);
            call.Print(output, answer, to => Write(HubClient.Read(answer, HubClient.Json.PageRolloutView).Items, to));
        });
        return command;
    }

    private static Command Status(Host host)
    {
        Argument<string?> id = new("id") { Description = "The rollout; left out: the newest", Arity = ArgumentArity.ZeroOrOne };
        Option<bool> nodes = new("--by-node") { Description = "Also each node" };
        Option<bool> watch = new("--watch", "-w") { Description = "Follow it until it is over; the exit code is 1 unless it completed" };
        Option<string> output = FleetOptions.Output();
        Command command = new("status", "Show how a rollout stands") { id, nodes, watch, output };
        command.Uses(host, async call =>
        {
            string rollout = call.Parsed.GetValue(id) ?? await NewestAsync(call);
            string path = $"rollouts/{Uri.EscapeDataString(rollout)}";
            if (call.Parsed.GetValue(watch))
            {
                return await FollowAsync(call, rollout);
            }

            JsonObject answer = await call.Hub.GetAsync(path, call.Stop);
            JsonObject? each = call.Parsed.GetValue(nodes) ? await call.Hub.GetAsync($"{path}/nodes", call.Stop) : null;
            RolloutView view = HubClient.Read(answer, HubClient.Json.RolloutView);
            IReadOnlyList<NodeProgress> progress = each is null ? [] : HubClient.Read(each, HubClient.Json.PageNodeProgress).Items;
            if (each?["items"] is { } items)
            {
                each.Remove("items");
                answer["progress"] = items;
            }

            call.Print(output, answer, to =>
            {
                FleetText.Write(view, to);
                if (progress.Count > 0)
                {
                    to.WriteLine();
                    Write(view, progress, to);
                }
            });
            return 0;
        });
        return command;
    }

    private static Command Act(string verb, string description, Host host)
    {
        Argument<string> id = new("id") { Description = "The rollout" };
        Option<string> output = FleetOptions.Output();
        Command command = new(verb, description) { id, output };
        command.Uses(host, async call =>
        {
            JsonObject answer = await call.Hub.PostAsync($"rollouts/{Uri.EscapeDataString(call.Parsed.GetValue(id)!)}/{verb}", call.Stop);
            call.Print(output, answer, to => to.WriteLine(FleetText.Line(HubClient.Read(answer, HubClient.Json.RolloutView))));
        });
        return command;
    }

    private static async Task<string> NewestAsync(FleetCall call) =>
        HubClient.Read(await call.Hub.GetAsync("rollouts?limit=1", call.Stop), HubClient.Json.PageRolloutView).Items is [var newest, ..]
            ? newest.Id
            : throw new TalosctlException("there is no rollout yet: talosctl fleet rollout create begins one");

    /// <summary>Prints each step of a rollout until it is over.</summary>
    private static async Task<int> FollowAsync(FleetCall call, string id)
    {
        string last = "";
        await foreach (HubMessage message in FleetWatchCommand.FollowAsync(call, null, id))
        {
            // What the stream says may be older than an answer asked for since: the answer counts.
            if (message.Name is not ("connected" or "missed" or "rollout"))
            {
                continue;
            }

            RolloutView view = HubClient.Read(await call.Hub.GetAsync($"rollouts/{Uri.EscapeDataString(id)}", call.Stop), HubClient.Json.RolloutView);
            string line = FleetText.Line(view);
            if (line != last)
            {
                call.Host.Out.WriteLine($"{FleetText.Moment(call.Now)}  {line}");
                last = line;
            }

            if (view.Head.IsOver)
            {
                call.Host.Out.WriteLine();
                FleetText.Write(view, call.Host.Out);
                return view.Head.Phase is RolloutPhase.Completed ? 0 : 1;
            }
        }

        return 1;
    }

    private static void Write(IReadOnlyList<RolloutView> rollouts, TextWriter to)
    {
        Table table = new("ROLLOUT", "NAME", "VERSION", "STATE", "WAVE", "NODES", "SUCCEEDED", "FAILED", "MADE");
        foreach (RolloutView r in rollouts)
        {
            table.Add(
                r.Id, r.Plan.Name, r.Plan.Version, FleetText.Word<RolloutPhase>(r.Head.Phase), FleetText.Wave(r), FleetText.Number(r.Nodes),
                FleetText.Number(FleetText.Sum(r, w => w.Succeeded)), FleetText.Number(FleetText.Sum(r, w => w.Failed)), FleetText.Moment(r.Created));
        }

        table.WriteTo(to);
    }

    private static void Write(RolloutView view, IReadOnlyList<NodeProgress> nodes, TextWriter to)
    {
        Table table = new("NODE", "BOARD", "WAVE", "STATE", "ATTEMPT", "SINCE", "REASON");
        foreach (NodeProgress n in nodes)
        {
            table.Add(
                n.Node, FleetText.Or(n.Board), n.Wave < view.Waves.Count ? view.Waves[n.Wave].Name : FleetText.Number(n.Wave), FleetText.Word<NodeStatus>(n.Status),
                FleetText.Number(n.Attempt), FleetText.Moment(n.Since), n.Reason ?? "");
        }

        table.WriteTo(to);
    }
}
