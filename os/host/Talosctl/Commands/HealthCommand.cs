using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Talos.Api.Cluster;
using Talosctl.Cli;
using Talosctl.Client;

namespace Talosctl.Commands;

/// <summary><c>health</c>: waits until a node says that everything works.</summary>
internal static class HealthCommand
{
    public static Command Create()
    {
        Option<string> limit = new("--wait-timeout") { Description = "Longest time to wait", DefaultValueFactory = _ => "20m" };
        Command command = new("health", "Check the health of a node and what it runs") { limit };
        command.SetAction((parsed, ct) => NodeCommand.RunAsync(parsed, ct, async node =>
        {
            HealthCheckRequest request = new() { WaitTimeout = Duration.FromTimeSpan(Units.Duration(parsed.GetValue(limit)!)), ClusterInfo = new ClusterInfo() };
            using AsyncServerStreamingCall<HealthCheckProgress> call = node.Cluster.HealthCheck(request, node.Headers, cancellationToken: ct);
            await foreach (HealthCheckProgress progress in call.ResponseStream.ReadAllAsync(ct))
            {
                await Console.Error.WriteLineAsync($"{node.Name}: {progress.Message}");
            }
        }));
        return command;
    }
}
