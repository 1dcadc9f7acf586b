using System.CommandLine;
using Talos.Api.Machine;
using Talosctl.Cli;
using Talosctl.Client;

namespace Talosctl.Commands;

/// <summary><c>reboot</c>, <c>shutdown</c> and <c>reset</c>, followed until they are done.</summary>
internal static class LifecycleCommands
{
    public static Command Reboot()
    {
        Option<string> mode = new("--mode", "-m") { Description = "default, powercycle or force", DefaultValueFactory = _ => "default" };
        mode.AcceptOnlyFromAmong("default", "powercycle", "force");
        (Option<bool> wait, Option<string> timeout) = WaitOptions();
        Command command = new("reboot", "Reboot nodes") { mode, wait, timeout };
        command.SetAction((parsed, ct) => FollowedAsync(parsed, wait, timeout, ct, ActionEnd.Back, async node =>
            (await node.Machine.RebootAsync(new RebootRequest
            {
                Mode = parsed.GetValue(mode) switch
                {
                    "powercycle" => RebootRequest.Types.Mode.Powercycle,
                    "force" => RebootRequest.Types.Mode.Force,
                    _ => RebootRequest.Types.Mode.Default,
                },
            }, node.Headers, cancellationToken: ct)).Messages[0].ActorId));
        return command;
    }

    public static Command Shutdown()
    {
        Option<bool> force = new("--force") { Description = "Do not cordon and drain first" };
        (Option<bool> wait, Option<string> timeout) = WaitOptions();
        Command command = new("shutdown", "Switch nodes off") { force, wait, timeout };
        command.SetAction((parsed, ct) => FollowedAsync(parsed, wait, timeout, ct, ActionEnd.Off, async node =>
            (await node.Machine.ShutdownAsync(new ShutdownRequest { Force = parsed.GetValue(force) }, node.Headers, cancellationToken: ct)).Messages[0].ActorId));
        return command;
    }

    public static Command Reset()
    {
        Option<bool> graceful = new("--graceful") { Description = "Drain first", DefaultValueFactory = _ => true };
        Option<bool> reboot = new("--reboot") { Description = "Reboot afterwards instead of switching off" };
        Option<string[]> labels = new("--system-labels-to-wipe") { Description = "Only these partitions: STATE, EPHEMERAL", DefaultValueFactory = _ => [] };
        Option<string[]> disks = new("--user-disks-to-wipe") { Description = "Further disks to wipe", DefaultValueFactory = _ => [] };
        Option<string> wipe = new("--wipe-mode") { Description = "all, system-disk or user-disks", DefaultValueFactory = _ => "all" };
        wipe.AcceptOnlyFromAmong("all", "system-disk", "user-disks");
        Option<bool> dryRun = new("--dry-run") { Description = "Say what would be wiped and wipe nothing" };
        (Option<bool> wait, Option<string> timeout) = WaitOptions();
        Command command = new("reset", "Wipe nodes") { graceful, reboot, labels, disks, wipe, dryRun, wait, timeout };
        command.SetAction((parsed, ct) =>
        {
            ResetRequest request = new()
            {
                Graceful = parsed.GetValue(graceful),
                Reboot = parsed.GetValue(reboot),
                Mode = parsed.GetValue(wipe) switch
                {
                    "system-disk" => ResetRequest.Types.WipeMode.SystemDisk,
                    "user-disks" => ResetRequest.Types.WipeMode.UserDisks,
                    _ => ResetRequest.Types.WipeMode.All,
                },
            };
            request.SystemPartitionsToWipe.AddRange(parsed.List(labels).Select(l => new ResetPartitionSpec { Label = l, Wipe = true }));
            request.UserDisksToWipe.AddRange(parsed.List(disks));
            if (parsed.GetValue(dryRun))
            {
                string what = request.SystemPartitionsToWipe.Count > 0 ? string.Join(" and ", parsed.List(labels)) : "STATE and EPHEMERAL";
                Console.WriteLine($"would wipe {what}{(request.UserDisksToWipe.Count > 0 ? $" and {string.Join(", ", request.UserDisksToWipe)}" : "")}, then {(request.Reboot ? "reboot" : "switch off")}; nothing was done");
                return Task.FromResult(0);
            }

            return FollowedAsync(parsed, wait, timeout, ct, request.Reboot ? ActionEnd.Maintenance : ActionEnd.Off, async node =>
                (await node.Machine.ResetAsync(request, node.Headers, cancellationToken: ct)).Messages[0].ActorId);
        });
        return command;
    }

    /// <summary>Options of commands that can be followed.</summary>
    internal static (Option<bool> Wait, Option<string> Timeout) WaitOptions() =>
        (new Option<bool>("--wait") { Description = "Wait until it is done and show progress", DefaultValueFactory = _ => true },
         new Option<string>("--timeout") { Description = "Longest time to wait", DefaultValueFactory = _ => "30m" });

    private static Task<int> FollowedAsync(
        ParseResult parsed, Option<bool> wait, Option<string> timeout, CancellationToken ct, ActionEnd end, Func<NodeClient, Task<string>> start)
    {
        TimeSpan limit = Units.Duration(parsed.GetValue(timeout)!);
        return NodeCommand.RunAsync(parsed, ct, async node =>
        {
            if (!parsed.GetValue(wait))
            {
                await start(node);
                return;
            }

            await new ActionTracker(node, end, limit).RunAsync(start, ct);
        });
    }
}
