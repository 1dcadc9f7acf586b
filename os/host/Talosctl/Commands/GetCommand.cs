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
        command.SetAction(async (parsed, ct) =>
        {
            ResourcePrinter printer = ResourcePrinter.Create(parsed.GetValue(output)!, Console.Out, parsed.GetValue(watch));
            Func<NodeClient, Task> action = async node =>
            {
                ResourceType found = await ResourceType.ResolveAsync(node, parsed.GetValue(type)!, ct);
                string space = parsed.GetValue(ns) ?? found.Namespace;
                if (parsed.GetValue(watch))
                {
                    await WatchAsync(node, found, space, parsed.GetValue(id), printer, ct);
                }
                else
                {
                    await ReadAsync(node, found, space, parsed.GetValue(id), printer, ct);
                }
            };
            int code = parsed.GetValue(watch)
                ? await NodeCommand.SideBySideAsync(parsed, parsed.GetValue(insecure), parsed.GetValue(fingerprints)!, ct, action)
                : await NodeCommand.RunAsync(parsed, parsed.GetValue(insecure), parsed.GetValue(fingerprints)!, ct, action);
            printer.Finish();
            return code;
        });
        return command;
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
}
