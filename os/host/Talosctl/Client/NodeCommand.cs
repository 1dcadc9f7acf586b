using System.CommandLine;
using Grpc.Core;
using Talosctl.Cli;

namespace Talosctl.Client;

/// <summary>Runs one action for every node that was named; a node that fails does not keep others from answering.</summary>
internal static class NodeCommand
{
    public static Option<bool> Insecure() => new("--insecure", "-i") { Description = "Ask a node in maintenance mode, without a client certificate" };

    public static Option<string[]> Fingerprints() => new("--cert-fingerprint")
    {
        Description = "With --insecure: accepted certificate fingerprints of the node, SHA-256 of its public key in base64",
        DefaultValueFactory = _ => [],
    };

    /// <summary>Asks all nodes through the context.</summary>
    public static Task<int> RunAsync(ParseResult parsed, CancellationToken ct, Func<NodeClient, Task> action) =>
        RunAsync(parsed, insecure: false, [], ct, action);

    /// <summary>Asks all nodes, through the context or directly.</summary>
    public static async Task<int> RunAsync(
        ParseResult parsed, bool insecure, IReadOnlyList<string> fingerprints, CancellationToken ct, Func<NodeClient, Task> action)
    {
        using ApiConnection connection = insecure ? ApiConnection.OpenInsecure(parsed, fingerprints) : await ApiConnection.OpenAsync(parsed, ct);
        return await EachAsync(connection, ct, action);
    }

    /// <summary>Runs the action for each node in turn and prints what failed.</summary>
    /// <returns>0 when all succeeded, else 1.</returns>
    public static async Task<int> EachAsync(ApiConnection connection, CancellationToken ct, Func<NodeClient, Task> action)
    {
        int failed = 0;
        foreach (NodeClient node in connection.Nodes)
        {
            try
            {
                await action(node);
            }
            catch (Exception e) when (!ct.IsCancellationRequested && e is RpcException or TalosctlException)
            {
                await Console.Error.WriteLineAsync($"error: {node.Name}: {ErrorText.Of(e)}");
                failed++;
            }
        }

        return failed == 0 ? 0 : 1;
    }

    /// <summary>Runs the action for all nodes side by side, for streams that do not end.</summary>
    public static async Task<int> SideBySideAsync(ParseResult parsed, bool insecure, IReadOnlyList<string> fingerprints, CancellationToken ct, Func<NodeClient, Task> action)
    {
        using ApiConnection connection = insecure ? ApiConnection.OpenInsecure(parsed, fingerprints) : await ApiConnection.OpenAsync(parsed, ct);
        int failed = 0;
        await Task.WhenAll(connection.Nodes.Select(async node =>
        {
            try
            {
                await action(node);
            }
            catch (Exception e) when (e is RpcException { StatusCode: StatusCode.Cancelled } or OperationCanceledException && ct.IsCancellationRequested)
            {
            }
            catch (Exception e) when (e is RpcException or TalosctlException)
            {
                await Console.Error.WriteLineAsync($"error: {node.Name}: {ErrorText.Of(e)}");
                Interlocked.Increment(ref failed);
            }
        }));
        return failed == 0 ? 0 : 1;
    }
}
