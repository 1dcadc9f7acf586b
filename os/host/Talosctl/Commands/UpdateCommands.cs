using System.CommandLine;
using System.Globalization;
using Talos.Api.Machine;
using Talos.Api.Ota;
using Talosctl.Cli;
using Talosctl.Client;

namespace Talosctl.Commands;

/// <summary><c>rollback</c>, <c>slots</c> and <c>update status|cancel|mark-good|mark-bad</c>.</summary>
internal static class UpdateCommands
{
    public static Command Rollback(Host host)
    {
        (Option<bool> wait, Option<string> timeout) = LifecycleCommands.WaitOptions();
        Command command = new("rollback", "Go back to the system in the other slot") { wait, timeout };
        command.SetAction((parsed, ct) => NodeCommand.RunAsync(parsed, ct, async node =>
        {
            async Task<string> Start(NodeClient n)
            {
                await n.Machine.RollbackAsync(new RollbackRequest(), n.Headers, cancellationToken: ct);
                return "";
            }

            if (!parsed.GetValue(wait))
            {
                await Start(node);
                return;
            }

            await new ActionTracker(node, ActionEnd.Back, Units.Duration(parsed.GetValue(timeout)!)).RunAsync(Start, ct);
            StatusResponse status = await node.Updates.StatusAsync(new StatusRequest(), node.Headers, cancellationToken: ct);
            host.Error.WriteLine($"{node.Name}: slot {status.RunningSlot} with {status.RunningVersion} runs");
        }));
        return command;
    }

    public static Command Slots() => GetCommand.Of("slots", "Show both slots: what they hold and which one starts next", "slotstatuses", null);

    public static Command Update(Host host)
    {
        Command command = new("update", "Show and steer the update of nodes");
        command.Subcommands.Add(Status(host));
        command.Subcommands.Add(Simple("cancel", "Stop an install, or take a pending trial back", host, async (node, ct) =>
            (await node.Updates.CancelAsync(new CancelRequest(), node.Headers, cancellationToken: ct)).Stopped ? "stopped" : "there was nothing to stop"));
        command.Subcommands.Add(Simple("mark-good", "Keep the running slot without waiting for its health", host, async (node, ct) =>
        {
            await node.Updates.MarkGoodAsync(new MarkGoodRequest(), node.Headers, cancellationToken: ct);
            return "the running slot is good";
        }));
        command.Subcommands.Add(MarkBad(host));
        return command;
    }

    private static Command MarkBad(Host host)
    {
        Argument<string> slot = new("slot") { Description = "A or B" };
        slot.AcceptOnlyFromAmong("A", "B");
        Option<string> reason = new("--reason") { Description = "Kept and shown", DefaultValueFactory = _ => "" };
        Option<bool> reboot = new("--reboot") { Description = "Restart when it is the running slot" };
        Command command = new("mark-bad", "Keep the boot loader from a slot") { slot, reason, reboot };
        command.SetAction((parsed, ct) => NodeCommand.RunAsync(parsed, ct, async node =>
        {
            MarkBadRequest request = new() { Slot = parsed.GetValue(slot)!, Reason = parsed.GetValue(reason)!, Reboot = parsed.GetValue(reboot) };
            await node.Updates.MarkBadAsync(request, node.Headers, cancellationToken: ct);
            host.Error.WriteLine($"{node.Name}: slot {request.Slot} is bad");
        }));
        return command;
    }

    private static Command Simple(string name, string description, Host host, Func<NodeClient, CancellationToken, Task<string>> action)
    {
        Command command = new(name, description);
        command.SetAction((parsed, ct) => NodeCommand.RunAsync(parsed, ct, async node => host.Error.WriteLine($"{node.Name}: {await action(node, ct)}")));
        return command;
    }

    /// <summary>The table is for people; json and yaml are the resource as it is.</summary>
    private static Command Status(Host host)
    {
        return GetCommand.Of(
            "status", "Show where the update is, and why the last one that failed did", "updatestatuses", "update", (node, ct) => PrintAsync(host, node, ct));
    }

    private static async Task PrintAsync(Host host, NodeClient node, CancellationToken ct)
    {
        StatusResponse status = await node.Updates.StatusAsync(new StatusRequest(), node.Headers, cancellationToken: ct);
        foreach ((string label, string text) in Lines(node.Name, status))
        {
            host.Out.WriteLine($"{label,-10}{text}");
        }
    }

    /// <summary>A status in lines, label first; what there is nothing to say about is left out.</summary>
    internal static IEnumerable<(string Label, string Text)> Lines(string node, StatusResponse status)
    {
        yield return ("NODE", node);
        yield return ("RUNNING", $"slot {(status.RunningSlot.Length > 0 ? status.RunningSlot : "?")}, {status.RunningVersion}");
        yield return ("STATE", StateText(status));
        if (status.Message.Length > 0)
        {
            yield return ("MESSAGE", status.Message);
        }

        if (status.Trial is { Verdict: "waiting" } trial)
        {
            yield return ("TRIAL", $"within {trial.Deadline}; missing: {(trial.Missing.Count > 0 ? string.Join("; ", trial.Missing) : "nothing")}");
        }

        if (status.LastFallback is { } fallback)
        {
            string stage = fallback.Stage.Length > 0 ? $"it came as far as \"{fallback.Stage}\"" : "its first process never ran";
            yield return ("FALLBACK", $"slot {fallback.Slot}, {fallback.Version}, {Moment(fallback.At)}: {fallback.Reason} ({stage}, {fallback.Starts} starts)");
        }

        foreach (FailedVersion failed in status.FailedVersions)
        {
            yield return ("FAILED", $"{failed.Version}, {Moment(failed.At)}: {failed.Reason}");
        }

        if (status.Floor.Length > 0)
        {
            yield return ("FLOOR", $"nothing older than {status.Floor} is installed");
        }
    }

    private static string StateText(StatusResponse status)
    {
        string state = status.State is UpdateState.TrialPending ? "trial pending" : status.State.ToString().ToLowerInvariant();
        string version = status.Version.Length > 0 ? $" {status.Version}" : "";
        return status is { State: UpdateState.Writing or UpdateState.Verifying, Progress: { TotalBytes: > 0 } progress }
            ? string.Create(CultureInfo.InvariantCulture, $"{state}{version}, {progress.Part} {progress.DoneBytes * 100 / progress.TotalBytes} %")
            : state + version;
    }

    private static string Moment(Google.Protobuf.WellKnownTypes.Timestamp time) =>
        time.ToDateTimeOffset().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
