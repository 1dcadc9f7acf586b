using Microsoft.Extensions.Logging.Abstractions;
using Talos.Ota.BootControl;
using Talos.Ota.BootControl.Efi;
using Talos.Ota.BootControl.Storage;
using Talos.Ota.Bundle;
using Talos.Ota.Engine;
using Talos.Ota.Slots;
using Talos.Ota.Slots.Efi;

namespace Talos.Ota.Bench;

/// <summary>A node whose slots are two block devices, and whose EFI partition and META are a folder.</summary>
/// <param name="folder">Holds boot files, values and <c>anchors.pem</c>.</param>
/// <param name="rootA">Runs.</param>
/// <param name="rootB">Is written.</param>
internal sealed class BenchNode(string folder, string rootA, string rootB) : ISlotPartitions, IEfiPartition, IUpdateStore
{
    public const string Board = "bench";
    public const string Architecture = "arm64";
    public const string RunningVersion = "v1.0.0";

    private string BootFiles => Path.Combine(folder, "efi");

    /// <summary>The engine as a node has it, booted from slot A.</summary>
    public async Task<UpdateEngine> StartAsync()
    {
        Directory.CreateDirectory(BootFiles);
        string boot = Path.Combine(BootFiles, EfiBootFile.Print(new Slot(SlotId.A, SlotCondition.Good, 1)));
        if (!Directory.EnumerateFiles(BootFiles).Any())
        {
            await File.WriteAllBytesAsync(boot, new byte[BundleCommand.BootLength]).ConfigureAwait(false);
        }

        string anchors = await File.ReadAllTextAsync(Path.Combine(folder, "anchors.pem")).ConfigureAwait(false);
        UpdateEngine engine = new(
            new UpdateNode
            {
                Board = Board,
                Architecture = Architecture,
                BootControl = new EfiBootControl(this),
                Partitions = this,
                Store = this,
                Anchors = () => TrustStore.FromPem(anchors),
                Clock = () => VerificationTime.Now(TimeProvider.System.GetUtcNow()),
            },
            TimeProvider.System,
            NullLogger<UpdateEngine>.Instance);
        await engine.OnBootAsync(SlotId.A, RunningVersion, CancellationToken.None).ConfigureAwait(false);
        return engine;
    }

    ISlotStorage ISlotPartitions.Open(string label, bool writable) => Partition.Open(label == "ROOT-A" ? rootA : rootB, writable);

    IEfiFolder IEfiPartition.Open(bool writable) => new Folder(BootFiles);

    ReadOnlyMemory<byte>? IUpdateStore.Find(uint tag) => File.Exists(PathOf(tag)) ? File.ReadAllBytes(PathOf(tag)) : null;

    void IUpdateStore.Write(uint tag, ReadOnlySpan<byte> value) => File.WriteAllBytes(PathOf(tag), value);

    void IUpdateStore.Delete(uint tag) => File.Delete(PathOf(tag));

    private string PathOf(uint tag) => Path.Combine(folder, $"meta-{tag:x}");

    private sealed class Folder(string folder) : IEfiFolder
    {
        public IReadOnlyList<string> Names() => [.. Directory.GetFiles(folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

        public void Rename(string from, string to) => File.Move(Path.Combine(folder, from), Path.Combine(folder, to), overwrite: true);

        public void Delete(string name) => File.Delete(Path.Combine(folder, name));

        public ISlotStorage OpenFile(string name) => FileStorage.OpenFile(Path.Combine(folder, name));

        public ISlotStorage CreateFile(string name, long length) => FileStorage.CreateFile(Path.Combine(folder, name), length);

        public void Dispose()
        {
        }
    }
}
