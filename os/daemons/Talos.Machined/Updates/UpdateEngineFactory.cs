using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Talos.Boards;
using Talos.Cosi;
using Talos.Machined.Node;
using Talos.Ota.BootControl;
using Talos.Ota.BootControl.Efi;
using Talos.Ota.BootControl.RpiTryboot;
using Talos.Ota.BootControl.Storage;
using Talos.Ota.BootControl.UBootEnv;
using Talos.Ota.Bundle;
using Talos.Ota.Engine;
using Talos.Resources.Time;

namespace Talos.Machined.Updates;

/// <summary>Makes the update engine for the board this root was built for.</summary>
internal static class UpdateEngineFactory
{
    private const string MountPoint = "/run/boot-partition";

    /// <summary>Makes it; no disk is touched.</summary>
    public static UpdateEngine Create(NodeContext node, SystemPartitions partitions, IUpdateStore store)
    {
        Board? board = ReadBoard(node.Options.BoardFile);
        UpdateNode parts = new()
        {
            Board = board?.Name ?? "",
            Architecture = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 ? "arm64" : "amd64",
            BootControl = BootControlOf(board, partitions),
            Partitions = partitions,
            Store = store,
            Anchors = () => TrustStore.FromPem(File.ReadAllText(node.Options.AnchorsFile)),
            Clock = () => Now(node),
        };
        return new UpdateEngine(parts, node.Time, node.Loggers.CreateLogger<UpdateEngine>());
    }

    /// <summary>Name of the board; empty when the root does not say.</summary>
    public static string BoardName(string path) => ReadBoard(path)?.Name ?? "";

    /// <summary>Version of the running system: <c>VERSION_ID</c> of os-release(5).</summary>
    public static string Version(string osReleaseFile)
    {
        const string key = "VERSION_ID=";
        IEnumerable<string> lines = File.Exists(osReleaseFile) ? File.ReadLines(osReleaseFile) : [];
        return lines.FirstOrDefault(l => l.StartsWith(key, StringComparison.Ordinal))?[key.Length..].Trim('"') ?? "v0.0.0";
    }

    private static Board? ReadBoard(string path) => File.Exists(path) ? BoardReader.Read(File.ReadAllText(path), path) : null;

    private static IBootControl BootControlOf(Board? board, SystemPartitions partitions) => board?.BootControl.Kind switch
    {
        BootControlKind.RpiTryboot => new RpiBootControl(
            new FatAutobootFile(() => partitions.PathOf("EFI"), MountPoint), partitions, partitions.NumberOf("BOOT-A"), partitions.NumberOf("BOOT-B")),
        BootControlKind.UBootEnv => new UBootControl(new DiskEnvironment(() => partitions.Disk, board.BootControl.Environment), partitions),
        _ => new EfiBootControl(new VfatPartition(() => partitions.PathOf("EFI"), MountPoint)),
    };

    /// <summary>A clock that nobody has set yet shows at least a time that has passed.</summary>
    private static VerificationTime Now(NodeContext node)
    {
        ResourceAddress address = new(TimeStatus.Definition.Namespace, TimeStatus.Definition.Type, TimeStatus.Id);
        DateTimeOffset now = node.Time.GetUtcNow();
        return node.State.Get(address) is Resource<TimeStatus> { Spec: { Synced: true, SyncDisabled: false } }
            ? VerificationTime.Now(now)
            : VerificationTime.NotBefore(now);
    }
}
