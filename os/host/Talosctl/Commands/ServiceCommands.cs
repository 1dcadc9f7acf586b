using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Talos.Api.Machine;
using Talosctl.Cli;
using Talosctl.Client;

namespace Talosctl.Commands;

/// <summary><c>services</c> and <c>service [ID [status|start|stop|restart]]</c>.</summary>
internal static class ServiceCommands
{
    public static Command Service()
    {
        Argument<string?> id = new("id") { Description = "Service; all when left out", Arity = ArgumentArity.ZeroOrOne };
        Argument<string> action = new("action") { Description = "status, start, stop or restart", DefaultValueFactory = _ => "status" };
        action.AcceptOnlyFromAmong("status", "start", "stop", "restart");
        Option<bool> insecure = NodeCommand.Insecure();
        Option<string[]> fingerprints = NodeCommand.Fingerprints();
        Command command = new("service", "Show services, or start, stop and restart one") { id, action, insecure, fingerprints };
        command.Aliases.Add("services");
        command.SetAction((parsed, ct) =>
        {
            Table all = new("NODE", "SERVICE", "STATE", "HEALTH", "LAST CHANGE", "LAST EVENT");
            string? wanted = parsed.GetValue(id);
            Func<NodeClient, Task> run = (wanted, parsed.GetValue(action)) switch
            {
                (null, _) => node => ListAsync(node, all, ct),
                (_, "status") => node => StatusAsync(node, wanted, ct),
                (_, var verb) => node => ActAsync(node, wanted, verb!, ct),
            };
            return PrintedAsync(NodeCommand.RunAsync(parsed, parsed.GetValue(insecure), parsed.GetValue(fingerprints)!, ct, run), all);
        });
        return command;
    }

    private static async Task<int> PrintedAsync(Task<int> run, Table table)
    {
        int code = await run;
        if (table.Count > 0)
        {
            table.WriteTo(Console.Out);
        }

        return code;
    }

    private static async Task ListAsync(NodeClient node, Table table, CancellationToken ct)
    {
        ServiceListResponse list = await node.Machine.ServiceListAsync(new Empty(), node.Headers, cancellationToken: ct);
        foreach (ServiceInfo service in list.Messages.SelectMany(m => m.Services).OrderBy(s => s.Id, StringComparer.Ordinal))
        {
            ServiceEvent? last = service.Events?.Events.LastOrDefault();
            table.Add(node.Name, service.Id, service.State, Health(service), last is null ? "" : $"{Ago(last.Ts)} ago", last?.Msg ?? "");
        }
    }

    private static async Task StatusAsync(NodeClient node, string id, CancellationToken ct)
    {
        ServiceListResponse list = await node.Machine.ServiceListAsync(new Empty(), node.Headers, cancellationToken: ct);
        ServiceInfo service = list.Messages.SelectMany(m => m.Services).FirstOrDefault(s => s.Id == id)
            ?? throw new TalosctlException($"service \"{id}\" is not known: `talosctl services` lists them");
        Console.WriteLine($"NODE     {node.Name}\nID       {service.Id}\nSTATE    {service.State}\nHEALTH   {Health(service)}");
        if (service.Health?.LastMessage is { Length: > 0 } message)
        {
            Console.WriteLine($"LAST HEALTH MESSAGE   {message}");
        }

        string label = "EVENTS";
        foreach (ServiceEvent happened in service.Events?.Events.Reverse() ?? [])
        {
            Console.WriteLine($"{label,-9}[{happened.State}]: {happened.Msg} ({Ago(happened.Ts)} ago)");
            label = "";
        }
    }

    private static async Task ActAsync(NodeClient node, string id, string verb, CancellationToken ct)
    {
        string answer = verb switch
        {
            "start" => (await node.Machine.ServiceStartAsync(new ServiceStartRequest { Id = id }, node.Headers, cancellationToken: ct)).Messages[0].Resp,
            "stop" => (await node.Machine.ServiceStopAsync(new ServiceStopRequest { Id = id }, node.Headers, cancellationToken: ct)).Messages[0].Resp,
            _ => (await node.Machine.ServiceRestartAsync(new ServiceRestartRequest { Id = id }, node.Headers, cancellationToken: ct)).Messages[0].Resp,
        };
        Console.WriteLine($"{node.Name}   {answer}");
    }

    private static string Health(ServiceInfo service) => service.Health switch
    {
        null or { Unknown: true } => "?",
        { Healthy: true } => "OK",
        _ => "Fail",
    };

    private static string Ago(Timestamp? time) =>
        time is null ? "?" : Units.Span(TimeProvider.System.GetUtcNow() - time.ToDateTimeOffset());
}
