using System.CommandLine;
using System.Text.Json.Nodes;
using Talosctl.Cli;
using Talosctl.Fleet;

namespace Talosctl.Commands.Fleet;

/// <summary><c>fleet</c>: the hub and its nodes.</summary>
internal static class FleetCommand
{
    public static Command Create(Host host)
    {
        Command command = new("fleet", "Look at and steer the nodes of a hub")
        {
            FleetNodeCommands.Nodes(host),
            FleetNodeCommands.Node(host),
            FleetWatchCommand.Create(host),
            FleetCommandCommands.Create(host),
            FleetRolloutCommands.Create(host),
            FleetBundleCommands.Create(host),
            FleetTokenCommands.Enroll(host),
            FleetTokenCommands.Token(host),
        };
        FleetOptions.AddTo(command);
        return command;
    }

    /// <summary>Runs an action with a client of the hub.</summary>
    public static void Uses(this Command command, Host host, Func<FleetCall, Task<int>> action) => command.SetAction(async (parsed, ct) =>
    {
        using HubClient hub = new(FleetTarget.Find(host, parsed));
        return await action(new FleetCall(host, parsed, hub, ct));
    });

    /// <summary>Runs an action with a client of the hub; it succeeds when it ends.</summary>
    public static void Uses(this Command command, Host host, Func<FleetCall, Task> action) => command.Uses(host, async call =>
    {
        await action(call);
        return 0;
    });
}

/// <summary>What an action about the fleet works with.</summary>
internal sealed record FleetCall(Host Host, ParseResult Parsed, HubClient Hub, CancellationToken Stop)
{
    public DateTimeOffset Now => Host.Clock.GetUtcNow();

    /// <summary>Prints an answer as asked for: as the hub has it, or as a table.</summary>
    public void Print(Option<string> output, JsonObject answer, Action<TextWriter> table)
    {
        switch (Parsed.GetValue(output))
        {
            case "json":
                Host.Out.Write(JsonText.Indented(answer));
                break;
            case "yaml":
                Host.Out.Write(JsonText.Yaml(answer));
                break;
            default:
                table(Host.Out);
                break;
        }
    }
}
