using System.Text;
using Talos.Imager.Bmap;
using Talos.Imager.Bundles;
using Talos.Imager.Components;
using Talos.Imager.Disk;
using Talos.Imager.Initramfs;
using Talos.Imager.Modules;
using Talos.Imager.Reports;
using Talos.Imager.Rootfs;
using Talos.Imager.Sbom;
using Talos.Imager.Tools;
using Talos.Imager.Uki;
using Talos.Imager.Verity;
using Talos.Ota.Slots;
using Talos.Ota.Slots.Efi;

namespace Talos.Imager.Build;

/// <summary>Builds an image from components, board and binaries; outputs appear when all of them are complete.</summary>
/// <param name="options">What to build.</param>
/// <param name="components">Third-party files.</param>
/// <param name="resolved">The lock they were taken by.</param>
/// <param name="progress">Gets a line a step.</param>
internal sealed class ImageBuilder(BuildOptions options, ComponentSet components, ResolvedLock resolved, IProgress<string> progress)
{
    /// <summary>Ending of the lock with which the same bytes are built again.</summary>
    public const string LockEnding = ".lock";

    private static readonly EfiBootFile BootFile = new(new Slot(SlotId.A, SlotCondition.Good, Generation: 1));

    /// <summary>Builds and publishes.</summary>
    /// <param name="fingerprint">Checksum of the input, kept beside the outputs.</param>
    /// <param name="ct">Cancels; nothing half-written stays.</param>
    /// <returns>Where the bytes are.</returns>
    public async Task<SizeReport> BuildAsync(string fingerprint, CancellationToken ct)
    {
        using OutputFolder output = new(options.Output, options.Name);

        ModuleStore store = new(Directory.GetDirectories(Path.Combine(components.FolderOf("kernel"), "usr/lib/modules")).Single(), output.Work("modules"));
        (RootTree tree, VerityRoot root) = await RootAsync(store, output, ct);

        progress.Report("kernel: packing initramfs and UKI");
        IReadOnlyList<string> early = await store.ResolveAsync([.. RootAssembler.ReadList(options, "initramfs.list"), .. options.Board.Modules], ct);
        string initramfs = output.Work("initramfs");
        await InitramfsBuilder.WriteAsync(options.Stage1, store, early, initramfs, ct);
        string kernel = components.FileOf("kernel", "boot/vmlinuz-*");
        string uki = output.File(".efi");
        await File.WriteAllBytesAsync(uki, await UkiAsync(root, store.Release, initramfs, kernel, ct), ct);

        if (options.UpdateKeys.Signer() is { } signer)
        {
            progress.Report($"bundle: packing and signing as {signer.Chain[0].Subject}");
            await BundleOutput.WriteAsync(options, root, uki, signer, output.File(".bundle"), ct);
        }

        (string image, IReadOnlyList<DiskExtent> always) = await DiskAsync(root, uki, output, ct);
        progress.Report("image: packing");
        string packed = output.File(".raw.zst");
        await Tool.RunAsync("zstd", ["-q", "-12", "-T0", "--sparse", image, "-o", packed], ct: ct);
        string hash = await WriteAccountsAsync(image, always, output, ct);

        SizeReport report = SizeReport.Measure(tree, root.DataBlocks * VerityFormat.BlockSize,
        [
            ("root", root.DataBlocks * VerityFormat.BlockSize), ("root with hash tree", root.Length), ("kernel", new FileInfo(kernel).Length),
            ("initramfs", new FileInfo(initramfs).Length), ("uki", new FileInfo(uki).Length), ("raw", new FileInfo(image).Length), ("raw.zst", new FileInfo(packed).Length),
        ]);
        await File.WriteAllTextAsync(output.File(".sizes.txt"), report.ToTable(), ct);
        await File.WriteAllBytesAsync(output.File(".sizes.json"), report.ToJson(), ct);
        await output.WriteFingerprintAsync(fingerprint, ct);
        await output.PublishAsync(new Dictionary<string, string> { [Path.GetFileName(image)] = hash }, ct);
        return report;
    }

    private async Task<(RootTree Tree, VerityRoot Root)> RootAsync(ModuleStore store, OutputFolder output, CancellationToken ct)
    {
        progress.Report($"root: modules of kernel {store.Release}");
        IReadOnlyList<string> modules = await store.ResolveAsync(
            [.. RootAssembler.ReadList(options, "modules.list"), .. RootAssembler.ReadList(options, "initramfs.list"), .. options.Board.Modules], ct);
        IReadOnlyList<(string Path, string Source)> index = await ModuleIndex.CreateAsync(store, modules, output.Work("depmod"), ct);

        RootTree tree = RootAssembler.Assemble(options, components, store.Release, index);
        progress.Report($"root: packing {tree.Files.Count()} files, {tree.Files.Sum(f => f.Length) >> 20} MiB, {modules.Count} modules");
        string path = output.File(".root");
        await Squashfs.WriteAsync(tree, path, PinnedTool.Find([.. components.Tools.Select(t => t.Directory)], "usr/bin/mksquashfs"), options.RootLevel, ct);
        VerityRoot root = await VerityFormat.AppendAsync(path, ct);
        progress.Report($"root: {root.Length >> 20} MiB, hash {root.RootHash}");
        return (tree, root);
    }

    private async Task<byte[]> UkiAsync(VerityRoot root, string release, string initramfs, string kernel, CancellationToken ct)
    {
        IReadOnlyList<string> common = NameList.Parse(await File.ReadAllTextAsync(Path.Combine(options.Firmware, "kernel", "cmdline"), ct));
        string commandLine = CommandLine.Compose(root, options.Board, common, options.KernelArgs);
        byte[] stub = await File.ReadAllBytesAsync(components.FileOf("systemd-boot-efi", "usr/lib/systemd/boot/efi/linuxaa64.efi.stub"), ct);
        return UkiWriter.Append(stub,
        [
            (".osrel", Encoding.UTF8.GetBytes(OsRelease.BootEntry(options.Release))),
            (".cmdline", Encoding.UTF8.GetBytes(commandLine)),
            (".uname", Encoding.UTF8.GetBytes(release)),
            (".initrd", await File.ReadAllBytesAsync(initramfs, ct)),
            (".linux", await File.ReadAllBytesAsync(kernel, ct)),
        ]);
    }

    private async Task<(string Path, IReadOnlyList<DiskExtent> MustBeWritten)> DiskAsync(VerityRoot root, string uki, OutputFolder output, CancellationToken ct)
    {
        DiskLayout layout = DiskLayout.Plan(options.Board, root.Length, root.RootHash);
        progress.Report($"image: {layout.Length >> 20} MiB, partitions {string.Join(", ", layout.Partitions.Select(p => p.Label))}");
        string path = output.File(".raw");
        DiskImage disk = new(path, layout);
        await disk.CreateAsync(ct);
        await disk.WriteEfiAsync(
        [
            ("EFI/BOOT/BOOTAA64.EFI", components.FileOf("systemd-boot-efi", "usr/lib/systemd/boot/efi/systemd-bootaa64.efi")),
            ("loader/loader.conf", Path.Combine(options.Firmware, "boot", "efi", "loader.conf")),
            ($"{EfiBootFile.Folder}/{BootFile.Name}", uki),
        ], ct);
        await disk.WriteRawAsync(DiskLayout.RootA, root.Path, ct);
        await disk.WriteMetaAsync(ct);
        return (path, await disk.MustBeWrittenAsync(root.Length, ct));
    }

    private async Task<string> WriteAccountsAsync(string image, IReadOnlyList<DiskExtent> always, OutputFolder output, CancellationToken ct)
    {
        await using FileStream stream = File.OpenRead(image);
        await File.WriteAllTextAsync(output.File(".bmap"), await BmapFile.CreateAsync(stream, always, ct), ct);

        string hash = await ComponentCache.Sha256Async(image, ct);
        ComponentTree[] used = [.. components.Trees.Values.Where(t => !options.Without.Contains(t.Name))];
        await File.WriteAllBytesAsync(output.File(".spdx.json"), SpdxDocument.Create(options.Name, options.Release, hash, used, [.. resolved.Substitutions]), ct);
        await File.WriteAllTextAsync(output.File(LockEnding), resolved.Text, ct);
        return hash;
    }
}
