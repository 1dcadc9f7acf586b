using System.CommandLine;
using Grpc.Core;
using Talos.Api.Cosi;
using Talosctl.Cli;
using Talosctl.Client;
using Talosctl.Resources;

namespace Talosctl.Commands;

/// <summary><c>get TYPE [ID]</c>: resources by type, alias and id.</summary>
internal static class GetCommand
{
    public static Command Create()
    {
        Argument<string> type = new("type") { Description = "Type or alias; `talosctl get rd` lists them" };
        Argument<string?> id = new("id") { Description = "Only this one", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> ns = new("--namespace") { Description = "Namespace; that of the type when left out" };
        Option<string> output = new("--output", "-o") { Description = "table, json, yaml or jsonpath=PATH", DefaultValueFactory = _ => "table" };
        Option<bool> watch = new("--watch", "-w") { Description = "Go on printing changes" };
        Option<bool> insecure = NodeCommand.Insecure();
        Option<string[]> fingerprints = NodeCommand.Fingerprints();
        Command command = new("get", "Print resources of the nodes") { type, id, ns, output, watch, insecure, fingerprints };
        command.SetAction((parsed, ct) =>
        {
            Query query = new(parsed.GetValue(type)!, parsed.GetValue(id), parsed.GetValue(ns), parsed.GetValue(output)!, parsed.GetValue(watch));
            return PrintAsync(parsed, query, parsed.GetValue(insecure), parsed.GetValue(fingerprints)!, ct);
        });
        return command;
    }

    /// <summary>A command that shows the resources of one type.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">For its help.</param>
    /// <param name="type">Type or alias.</param>
    /// <param name="id">Only this one; null for all.</param>
    /// <param name="table">Prints the table form of a node in its own way; null for columns.</param>
    public static Command Of(string name, string description, string type, string? id, Func<NodeClient, CancellationToken, Task>? table = null)
    {
        Option<string> output = new("--output", "-o") { Description = "table, json or yaml", DefaultValueFactory = _ => "table" };
        output.AcceptOnlyFromAmong("table", "json", "yaml");
        Option<bool> insecure = NodeCommand.Insecure();
        Option<string[]> fingerprints = NodeCommand.Fingerprints();
        Command command = new(name, description) { output, insecure, fingerprints };
        command.SetAction((parsed, ct) => table is not null && parsed.GetValue(output) == "table"
            ? NodeCommand.RunAsync(parsed, parsed.GetValue(insecure), parsed.GetValue(fingerprints)!, ct, node => table(node, ct))
            : PrintAsync(parsed, new Query(type, id, null, parsed.GetValue(output)!, false), parsed.GetValue(insecure), parsed.GetValue(fingerprints)!, ct));
        return command;
    }

    private static async Task<int> PrintAsync(ParseResult parsed, Query query, bool insecure, IReadOnlyList<string> fingerprints, CancellationToken ct)
    {
        ResourcePrinter printer = ResourcePrinter.Create(query.Output, Console.Out, query.Watch);
        Func<NodeClient, Task> action = async node =>
        {
            ResourceType found = await ResourceType.ResolveAsync(node, query.Type, ct);
            string space = query.Namespace ?? found.Namespace;
            await (query.Watch
                ? WatchAsync(node, found, space, query.Id, printer, ct)
                : ReadAsync(node, found, space, query.Id, printer, ct));
        };
        int code = query.Watch
            ? await NodeCommand.SideBySideAsync(parsed, insecure, fingerprints, ct, action)
            : await NodeCommand.RunAsync(parsed, insecure, fingerprints, ct, action);
        printer.Finish();
        return code;
    }

    private static async Task ReadAsync(NodeClient node, ResourceType type, string ns, string? id, ResourcePrinter printer, CancellationToken ct)
    {
        if (id is not null)
        {
            GetResponse one = await node.Resources.GetAsync(new GetRequest { Namespace = ns, Type = type.Name, Id = id }, node.Headers, cancellationToken: ct);
            printer.Print(node.Name, type, one.Resource, null);
            return;
        }

        using AsyncServerStreamingCall<ListResponse> list = node.Resources.List(new Talos.Api.Cosi.ListRequest { Namespace = ns, Type = type.Name }, node.Headers, cancellationToken: ct);
        await foreach (ListResponse item in list.ResponseStream.ReadAllAsync(ct))
        {
            printer.Print(node.Name, type, item.Resource, null);
        }
    }

    private static async Task WatchAsync(NodeClient node, ResourceType type, string ns, string? id, ResourcePrinter printer, CancellationToken ct)
    {
        WatchRequest request = new() { Namespace = ns, Type = type.Name, ApiVersion = 1, Options = new WatchOptions { BootstrapContents = id is null, TailEvents = id is null ? 0 : 1 } };
        if (id is not null)
        {
            request.Id = id;
        }

        using AsyncServerStreamingCall<WatchResponse> watch = node.Resources.Watch(request, node.Headers, cancellationToken: ct);
        await foreach (WatchResponse answer in watch.ResponseStream.ReadAllAsync(ct))
        {
            foreach (Event happened in answer.Event)
            {
                if (happened.EventType is EventType.Errored)
                {
                    throw new TalosctlException($"the watch ended: {happened.Error}");
                }

                string? sign = happened.EventType switch
                {
                    EventType.Created => "+",
                    EventType.Updated => "",
                    EventType.Destroyed => "-",
                    _ => null,
                };
                if (sign is not null)
                {
                    printer.Print(node.Name, type, happened.Resource, sign);
                }
            }
        }
    }

    private sealed record Query(string Type, string? Id, string? Namespace, string Output, bool Watch);
}
