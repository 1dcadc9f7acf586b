using System.Diagnostics;
using Grpc.Core;
using Talos.Api.Common;
using Talos.Api.Machine;
using Talosctl.Cli;
using Talosctl.Commands;

namespace Talosctl.Client;

/// <summary>How an operation that takes a node down ends.</summary>
internal enum ActionEnd
{
    /// <summary>The node is up again, with another boot id.</summary>
    Back,

    /// <summary>The node is gone.</summary>
    Off,

    /// <summary>The node is gone and comes back without our certificate's authority.</summary>
    Maintenance,
}

/// <summary>Starts an operation and follows it over the connection losses it causes.</summary>
internal sealed class ActionTracker(NodeClient node, ActionEnd end, TimeSpan limit)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Stopwatch _watch = Stopwatch.StartNew();

    public async Task RunAsync(Func<NodeClient, Task<string>> start, CancellationToken ct)
    {
        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(limit);
        try
        {
            string? before = await BootIdAsync(timeout.Token);
            string actor = await start(node);
            Say("accepted");
            if (actor.Length > 0)
            {
                await FollowAsync(actor, timeout.Token);
            }

            if (end is ActionEnd.Back)
            {
                await UntilBackAsync(before, timeout.Token);
            }

            Say(end switch { ActionEnd.Back => "back and ready", ActionEnd.Off => "switched off", _ => "wiped, starts anew" });
        }
        catch (Exception e) when (e is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled } && timeout.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new TalosctlException($"not done after {Units.Span(limit)}; the operation itself goes on");
        }
    }

    /// <summary>Prints the operation's events until the connection breaks or the services have stopped.</summary>
    private async Task FollowAsync(string actor, CancellationToken ct)
    {
        try
        {
            using AsyncServerStreamingCall<Event> events = node.Machine.Events(new EventsRequest { TailEvents = -1, WithActorId = actor }, node.Headers, cancellationToken: ct);
            await foreach (Event happened in events.ResponseStream.ReadAllAsync(ct))
            {
                if (happened.Data is not { TypeUrl.Length: > 0 } data)
                {
                    continue;
                }

                Say(EventText.Of(data));
                if (data.Is(TaskEvent.Descriptor) || EventText.Kind(data) == nameof(TaskEvent))
                {
                    TaskEvent task = TaskEvent.Parser.ParseFrom(data.Value);
                    if (task is { Task: "stopAllServices", Action: TaskEvent.Types.Action.Start } && end is not ActionEnd.Back)
                    {
                        return;
                    }
                }
                else if (EventText.Kind(data) == nameof(SequenceEvent) && SequenceEvent.Parser.ParseFrom(data.Value).Error is { Message.Length: > 0 } error)
                {
                    throw new TalosctlException(error.Message);
                }
            }
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.Unavailable or StatusCode.Internal or StatusCode.Unknown or StatusCode.Cancelled && !ct.IsCancellationRequested)
        {
            Say("connection lost, as expected");
        }
    }

    private async Task UntilBackAsync(string? before, CancellationToken ct)
    {
        string last = "";
        while (true)
        {
            await Task.Delay(Pause, ct);
            try
            {
                string? now = await BootIdAsync(ct);
                if (before is not null && now == before)
                {
                    continue;
                }

                string stage = await StageAsync(ct);
                if (stage != last)
                {
                    Say(stage);
                    last = stage;
                }

                if (stage == "running, ready")
                {
                    return;
                }
            }
            catch (RpcException e) when (!ct.IsCancellationRequested && e.StatusCode is not (StatusCode.PermissionDenied or StatusCode.Unauthenticated or StatusCode.Unimplemented))
            {
            }
        }
    }

    private async Task<string> StageAsync(CancellationToken ct)
    {
        Talos.Api.Cosi.GetResponse answer = await node.Resources.GetAsync(
            new Talos.Api.Cosi.GetRequest { Namespace = "runtime", Type = "MachineStatuses.runtime.talos.dev", Id = "machine" },
            node.Headers, Soon(), ct);
        YamlDotNet.RepresentationModel.YamlNode spec = Resources.YamlPath.Parse(answer.Resource.Spec.YamlSpec);
        string stage = Resources.YamlPath.Show(Resources.YamlPath.Find(spec, "{.stage}"));
        if (Resources.YamlPath.Show(Resources.YamlPath.Find(spec, "{.status.ready}")) == "true")
        {
            return $"{stage}, ready";
        }

        string missing = Resources.YamlPath.Show(Resources.YamlPath.Find(spec, "{.status.unmetConditions[0].reason}"));
        return $"{stage}, not ready{(missing.Length > 0 ? $": {missing}" : "")}";
    }

    /// <summary>The id of the current boot; null when we may not read it.</summary>
    private async Task<string?> BootIdAsync(CancellationToken ct)
    {
        try
        {
            using AsyncServerStreamingCall<Data> call = node.Machine.Read(
                new ReadRequest { Path = "/proc/sys/kernel/random/boot_id" }, node.Headers, Soon(), ct);
            string text = "";
            await foreach (Data data in call.ResponseStream.ReadAllAsync(ct))
            {
                text += data.Bytes.ToStringUtf8();
            }

            return text.Trim();
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.PermissionDenied)
        {
            return null;
        }
    }

    private static DateTime Soon() => TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(20);

    private void Say(string text)
    {
        if (text.Length > 0)
        {
            Console.Error.WriteLine($"{node.Name}: {Units.Span(_watch.Elapsed),5}  {text}");
        }
    }
}
