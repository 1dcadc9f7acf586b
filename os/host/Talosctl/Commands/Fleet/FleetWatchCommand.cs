using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Talos.Fleet.Protocol;
using Talosctl.Cli;
using Talosctl.Fleet;
using Command = System.CommandLine.Command;

namespace Talosctl.Commands.Fleet;

/// <summary><c>fleet watch</c>: what changes, as it changes.</summary>
internal static class FleetWatchCommand
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    public static Command Create(Host host)
    {
        Option<string?> node = new("--node") { Description = "Only this node" };
        Option<string?> rollout = new("--rollout") { Description = "Only this rollout" };
        Option<string> output = new("--output", "-o") { Description = "table or json, one object a line", DefaultValueFactory = _ => "table" };
        output.AcceptOnlyFromAmong("table", "json");
        Command command = new("watch", "Print what changes in the fleet until it is interrupted") { node, rollout, output };
        command.Uses(host, async call =>
        {
            bool json = call.Parsed.GetValue(output) == "json";
            await foreach (HubMessage message in FollowAsync(call, call.Parsed.GetValue(node), call.Parsed.GetValue(rollout)))
            {
                if ((json ? Json(message) : Text(message, call.Now)) is { } line)
                {
                    host.Out.WriteLine(line);
                    await host.Out.FlushAsync(call.Stop);
                }
            }
        });
        return command;
    }

    /// <summary>The live stream; when it breaks it is opened again, with growing pauses. The first time it has to work.</summary>
    public static async IAsyncEnumerable<HubMessage> FollowAsync(FleetCall call, string? node, string? rollout, [EnumeratorCancellation] CancellationToken ct = default)
    {
        string path = "stream" + (node is not null ? $"?node={Uri.EscapeDataString(node)}" : rollout is not null ? $"?rollout={Uri.EscapeDataString(rollout)}" : "");
        TimeSpan pause = TimeSpan.FromSeconds(1);
        for (bool first = true; ; first = false)
        {
            await using IAsyncEnumerator<HubMessage> messages = call.Hub.StreamAsync(path, call.Stop).GetAsyncEnumerator(ct);
            string broken = "the hub ended the stream";
            while (await NextAsync(messages, first, problem => broken = problem))
            {
                pause = TimeSpan.FromSeconds(1);
                yield return messages.Current;
            }

            call.Host.Error.WriteLine($"{broken}; trying again in {pause.TotalSeconds:0} s");
            await Task.Delay(pause, call.Host.Clock, call.Stop);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>A message in one line; null for one that says nothing to a person.</summary>
    public static string? Text(HubMessage message, DateTimeOffset now) => message.Name switch
    {
        "node" => $"{FleetText.Moment(now)}  node     {FleetText.Line(Read(message, HubClient.Json.NodeSummary))}",
        "event" when Read(message, HubClient.Json.EventRecord) is var e =>
            $"{FleetText.Moment(e.Event.Time)}  event    {e.Node}: {(e.Event.Severity is EventSeverity.Info ? "" : $"{FleetText.Word<EventSeverity>(e.Event.Severity)}: ")}{e.Event.Kind}: {e.Event.Message}",
        "rollout" => $"{FleetText.Moment(now)}  rollout  {FleetText.Line(Read(message, HubClient.Json.RolloutView))}",
        "command" => $"{FleetText.Moment(now)}  command  {FleetText.Line(Read(message, HubClient.Json.CommandRecord))}",
        "missed" => $"{FleetText.Moment(now)}  missed   {message.Data} messages: this end was too slow",
        _ => null,
    };

    private static T Read<T>(HubMessage message, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) => HubClient.Read(Parse(message), type);

    private static string? Json(HubMessage message) =>
        message.Name == "connected" ? null : new JsonObject { ["kind"] = message.Name, ["data"] = Parse(message) }.ToJsonString();

    private static JsonNode Parse(HubMessage message)
    {
        try
        {
            return JsonNode.Parse(message.Data) ?? throw new TalosctlException($"the hub's message {message.Name} is null");
        }
        catch (JsonException e)
        {
            throw new TalosctlException($"the hub's message {message.Name} is no JSON: {e.Message}");
        }
    }

    private static async Task<bool> NextAsync(IAsyncEnumerator<HubMessage> messages, bool mustWork, Action<string> broken)
    {
        try
        {
            return await messages.MoveNextAsync();
        }
        catch (TalosctlException e) when (!mustWork)
        {
            broken(e.Message);
            return false;
        }
    }
}
