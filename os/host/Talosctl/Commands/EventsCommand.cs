using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Talos.Api.Machine;
using Talosctl.Cli;
using Talosctl.Client;

namespace Talosctl.Commands;

/// <summary><c>events</c>: what happens on the nodes.</summary>
internal static class EventsCommand
{
    public static Command Create()
    {
        Option<int> tail = new("--tail") { Description = "Past events to begin with; all when negative" };
        Option<string?> since = new("--since") { Description = "Begin after the event of this id" };
        Option<string?> duration = new("--duration") { Description = "Past events of this time, and the time after which to end, such as 10s" };
        Option<string?> actor = new("--actor-id") { Description = "Only what this operation caused" };
        Command command = new("events", "Stream events of the nodes") { tail, since, duration, actor };
        command.SetAction(async (parsed, ct) =>
        {
            TimeSpan? limit = parsed.GetValue(duration) is { } text ? Units.Duration(text) : null;
            using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(ct);
            Console.WriteLine($"{"NODE",-16} {"ID",-22} {"EVENT",-22} {"ACTOR",-20} MESSAGE");
            if (limit is { } span)
            {
                end.CancelAfter(span);
            }

            return await NodeCommand.SideBySideAsync(parsed, insecure: false, [], end.Token, async node =>
            {
                EventsRequest request = new() { TailEvents = parsed.GetValue(tail), TailId = parsed.GetValue(since) ?? "", WithActorId = parsed.GetValue(actor) ?? "" };
                using AsyncServerStreamingCall<Event> call = node.Machine.Events(request, node.Headers, cancellationToken: end.Token);
                await foreach (Event happened in call.ResponseStream.ReadAllAsync(end.Token))
                {
                    if (happened.Data is { TypeUrl.Length: > 0 } data)
                    {
                        Console.WriteLine($"{node.Name,-16} {happened.Id,-22} {EventText.Kind(data),-22} {happened.ActorId,-20} {EventText.Of(data)}");
                    }
                }
            });
        });
        return command;
    }
}

/// <summary>Words an event.</summary>
internal static class EventText
{
    public static string Kind(Any data) => data.TypeUrl[(data.TypeUrl.LastIndexOf('.') + 1)..];

    public static string Of(Any data) => Kind(data) switch
    {
        nameof(SequenceEvent) => Sequence(SequenceEvent.Parser.ParseFrom(data.Value)),
        nameof(PhaseEvent) when PhaseEvent.Parser.ParseFrom(data.Value) is { } e => $"{e.Action} {e.Phase}",
        nameof(TaskEvent) when TaskEvent.Parser.ParseFrom(data.Value) is { } e => $"{e.Action} {e.Task}",
        nameof(ServiceStateEvent) when ServiceStateEvent.Parser.ParseFrom(data.Value) is { } e =>
            $"{e.Service}: {e.Action}{(e.Health is { Unknown: false } h ? h.Healthy ? " healthy" : " unhealthy" : "")}: {e.Message}",
        nameof(MachineStatusEvent) when MachineStatusEvent.Parser.ParseFrom(data.Value) is { } e =>
            $"{e.Stage} ready: {e.Status?.Ready}{string.Concat(e.Status?.UnmetConditions.Select(c => $", {c.Name}: {c.Reason}") ?? [])}",
        nameof(AddressEvent) when AddressEvent.Parser.ParseFrom(data.Value) is { } e => $"{e.Hostname} {string.Join(' ', e.Addresses)}",
        nameof(ConfigLoadErrorEvent) => ConfigLoadErrorEvent.Parser.ParseFrom(data.Value).Error,
        nameof(ConfigValidationErrorEvent) => ConfigValidationErrorEvent.Parser.ParseFrom(data.Value).Error,
        _ => "",
    };

    private static string Sequence(SequenceEvent happened) =>
        $"{happened.Action} {happened.Sequence}{(happened.Error is { Message.Length: > 0 } e ? $": {e.Message}" : "")}";
}
