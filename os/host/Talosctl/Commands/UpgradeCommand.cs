using System.CommandLine;
using Google.Protobuf;
using Grpc.Core;
using Talos.Api.Ota;
using Talosctl.Cli;
using Talosctl.Client;

namespace Talosctl.Commands;

/// <summary><c>upgrade</c>: a bundle to the slot that does not run, a restart into it, and its trial.</summary>
internal static class UpgradeCommand
{
    /// <summary>Bytes of the bundle in one message.</summary>
    private const int ChunkSize = 256 << 10;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    public static Command Create(Host host)
    {
        Option<string> image = new("--image", "-i")
        {
            Description = "Bundle: a file here, which is uploaded, or where the node finds it: http(s):// URL, usb:LABEL[/PATH], path on the node",
            Required = true,
        };
        Option<bool> wipe = new("--wipe") { Description = "Wipe /var when the new version starts; without it an update deletes nothing" };
        Option<bool> yes = new("--yes", "-y") { Description = "Do not ask whether --wipe is meant" };
        Option<bool?> preserve = new("--preserve", "-p") { Description = "For scripts of earlier versions: /var is kept anyway", Hidden = true, Arity = ArgumentArity.ZeroOrOne };
        Option<bool> stage = new("--stage", "-s") { Description = "Do not restart: the new version starts with the next restart" };
        Option<bool> force = new("--force", "-f") { Description = "Take a version that has failed on this node before" };
        Option<bool> insecure = new("--insecure") { Description = "Ask a node in maintenance mode, without a client certificate" };
        Option<string[]> fingerprints = NodeCommand.Fingerprints();
        (Option<bool> wait, Option<string> timeout) = LifecycleCommands.WaitOptions();
        Command command = new("upgrade", "Update the system of nodes") { image, wipe, yes, preserve, stage, force, wait, timeout, insecure, fingerprints };
        command.SetAction((parsed, ct) =>
        {
            if (!IsMeant(host, parsed, parsed.GetValue(wipe), parsed.GetResult(preserve) is null ? null : parsed.GetValue(preserve) ?? true, parsed.GetValue(yes)))
            {
                return Task.FromResult(1);
            }

            string reference = parsed.GetValue(image)!;
            string? file = File.Exists(reference) ? reference : null;
            InstallOptions options = Options(file is null ? reference : "", parsed.GetValue(wipe), parsed.GetValue(force), parsed.GetValue(stage));
            bool follow = parsed.GetValue(wait) && options.Reboot && !parsed.GetValue(insecure);
            TimeSpan limit = Units.Duration(parsed.GetValue(timeout)!);
            return NodeCommand.RunAsync(parsed, parsed.GetValue(insecure), parsed.GetValue(fingerprints)!, ct, async node =>
            {
                if (!follow)
                {
                    InstallResponse done = await InstallAsync(host, node, options, file, ct);
                    host.Error.WriteLine($"{node.Name}: {done.Version} is installed{(options.Reboot ? " and starts" : "; it starts with the next restart")}");
                    return;
                }

                string version = "";
                await new ActionTracker(node, ActionEnd.Back, limit).RunAsync(
                    async n =>
                    {
                        InstallResponse done = await InstallAsync(host, n, options, file, ct);
                        version = done.Version;
                        return done.ActorId;
                    },
                    ct);
                await UntilJudgedAsync(host, node, version, limit, ct);
            });
        });
        return command;
    }

    /// <summary>What the node is told. One of an earlier version wipes unless it hears <c>preserve</c>.</summary>
    internal static InstallOptions Options(string reference, bool wipe, bool force, bool stage) => new()
    {
        Reference = reference,
        Wipe = wipe,
        Preserve = !wipe,
        Force = force,
        Reboot = !stage,
    };

    /// <summary>Data is wiped only where that was said and confirmed.</summary>
    private static bool IsMeant(Host host, ParseResult parsed, bool wipe, bool? preserve, bool yes)
    {
        if (preserve is { } keep && keep == wipe)
        {
            throw new TalosctlException(wipe
                ? "--wipe and --preserve: one deletes /var, the other keeps it: use one of them"
                : "--preserve=false: an update deletes nothing unless it is told to: use --wipe");
        }

        IReadOnlyList<string> nodes = parsed.List(GlobalOptions.Nodes);
        string where = nodes.Count > 0 ? string.Join(", ", nodes) : "the nodes of the context";
        return !wipe || Confirmation.Given(host, $"upgrade --wipe of {where}", "all containers, volumes, images and logs in /var are deleted", yes);
    }

    private static async Task<InstallResponse> InstallAsync(Host host, NodeClient node, InstallOptions options, string? file, CancellationToken ct)
    {
        using AsyncDuplexStreamingCall<InstallRequest, InstallResponse> call = node.Updates.Install(node.Headers, cancellationToken: ct);
        await call.RequestStream.WriteAsync(new InstallRequest { Options = options }, ct);
        Task upload = file is null ? call.RequestStream.CompleteAsync() : UploadAsync(call.RequestStream, file, ct);
        InstallResponse last = new();
        ProgressBar? bar = null;
        try
        {
            await foreach (InstallResponse progress in call.ResponseStream.ReadAllAsync(ct))
            {
                if (progress.State != last.State || progress.Part != last.Part)
                {
                    bar?.Dispose();
                    string step = Words(progress);
                    bar = progress.TotalBytes > 0 ? new ProgressBar(host, step, progress.TotalBytes) : null;
                    if (!host.IsInteractive || bar is null)
                    {
                        host.Error.WriteLine($"{node.Name}: {step}");
                    }
                }

                last = progress;
                bar?.Report(progress.DoneBytes);
            }
        }
        finally
        {
            bar?.Dispose();
        }

        await upload;
        host.Error.WriteLine($"{node.Name}: {last.Version}: {Units.Bytes((ulong)last.FetchedBytes)} fetched, {Units.Bytes((ulong)last.WrittenBytes)} written");
        return last;
    }

    /// <summary>A node that wants no more ends the call; what it says is in the answers.</summary>
    private static async Task UploadAsync(IClientStreamWriter<InstallRequest> requests, string file, CancellationToken ct)
    {
        await using FileStream stream = File.OpenRead(file);
        byte[] buffer = new byte[ChunkSize];
        try
        {
            while (await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct) is > 0 and int length)
            {
                await requests.WriteAsync(new InstallRequest { Chunk = ByteString.CopyFrom(buffer, 0, length) }, ct);
            }

            await requests.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException && !ct.IsCancellationRequested)
        {
        }
    }

    /// <summary>Waits until the node has kept the new version or gone back.</summary>
    private static async Task UntilJudgedAsync(Host host, NodeClient node, string version, TimeSpan limit, CancellationToken ct)
    {
        long started = host.Clock.GetTimestamp();
        string told = "";
        while (host.Clock.GetElapsedTime(started) < limit)
        {
            if (await TryStatusAsync(node, ct) is { } status)
            {
                switch (status.State)
                {
                    case UpdateState.Committed:
                        host.Error.WriteLine($"{node.Name}: slot {status.RunningSlot} with {status.RunningVersion} is healthy and kept");
                        return;
                    case UpdateState.Failed or UpdateState.Cancelled:
                        throw new TalosctlException(
                            $"{version} was not kept, slot {status.RunningSlot} with {status.RunningVersion} runs: {status.LastFallback?.Reason ?? status.Message}");
                }

                string missing = status.Trial is { } trial && trial.Missing.Count > 0 ? string.Join("; ", trial.Missing) : "a few seconds of health";
                if (missing != told)
                {
                    told = missing;
                    host.Error.WriteLine($"{node.Name}: on trial, waiting for: {missing}");
                }
            }

            await Task.Delay(Pause, ct);
        }

        throw new TalosctlException($"{version} is still on trial after {Units.Span(limit)}; `talosctl update status` tells how it ends");
    }

    /// <summary>A node that goes back is away for a while.</summary>
    private static async Task<StatusResponse?> TryStatusAsync(NodeClient node, CancellationToken ct)
    {
        try
        {
            return await node.Updates.StatusAsync(
                new StatusRequest(), node.Headers, TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(20), ct);
        }
        catch (RpcException e) when (!ct.IsCancellationRequested && e.StatusCode is not (StatusCode.PermissionDenied or StatusCode.Unauthenticated or StatusCode.Unimplemented))
        {
            return null;
        }
    }

    private static string Words(InstallResponse progress) => (progress.State switch
    {
        UpdateState.Checking => "checking the bundle",
        UpdateState.Writing => "writing",
        UpdateState.Verifying => "reading back",
        UpdateState.TrialPending => "ready to be tried",
        _ => progress.State.ToString().ToLowerInvariant(),
    }) + (progress.Part.Length > 0 ? $" {progress.Part}" : "");
}
