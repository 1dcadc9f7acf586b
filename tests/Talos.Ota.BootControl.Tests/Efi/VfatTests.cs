using System.Diagnostics;
using Talos.Ota.BootControl.Efi;
using Talos.Ota.Slots;
using Talos.Ota.Slots.Efi;

namespace Talos.Ota.BootControl.Tests.Efi;

/// <summary>The kernel's vfat on a loop device.</summary>
[Trait("Category", "Integration")]
public sealed class VfatTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("talos-vfat").FullName;
    private readonly string _device;
    private readonly EfiBootControl _control;

    public VfatTests()
    {
        Assert.SkipUnless(File.ReadAllText("/proc/filesystems").Contains("vfat", StringComparison.Ordinal), "this kernel has no vfat");
        string image = Path.Combine(_folder, "efi.img");
        Run("truncate", "-s", "64M", image);
        Run("mkfs.vfat", "-F", "32", image);
        Run("mmd", "-i", image, "::/EFI", "::/EFI/Linux");
        string file = Path.Combine(_folder, "uki");
        File.WriteAllBytes(file, Payload(1));
        Run("mcopy", "-i", image, file, "::/EFI/Linux/talos-000001-A.efi");
        _device = Run("losetup", "--show", "-f", image).Trim();
        _control = new EfiBootControl(new VfatPartition(() => _device, Path.Combine(_folder, "mnt")));
    }

    public void Dispose()
    {
        Run("losetup", "-d", _device);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void An_update_goes_through_and_the_file_system_stays_sound()
    {
        Install(SlotId.A, 2);
        Assert.Equal(new Slot(SlotId.B, SlotCondition.Trial, 2, 3), _control.Read().Next);
        _control.Write(SlotRules.Bless(_control.Read(), SlotId.B));
        Install(SlotId.B, 3);
        _control.Write(SlotRules.MarkBad(_control.Read(), SlotId.A));
        _control.Write(SlotRules.BeginUpdate(_control.Read(), SlotId.B));
        _control.Repair(SlotId.B);

        Assert.Equal(["talos-000002-B.efi", "talos-A.new"], Names());
        using (ISlotStorage boot = _control.ReadBoot(SlotId.B)!)
        {
            byte[] data = new byte[boot.Length];
            boot.Read(0, data);
            Assert.Equal(Payload(2), data);
        }

        Run("fsck.vfat", "-n", _device);
    }

    [Fact]
    public void A_payload_that_does_not_fit_is_refused_with_its_size()
    {
        _control.Write(SlotRules.BeginUpdate(_control.Read(), SlotId.A));

        SlotException error = Assert.Throws<SlotException>(() => _control.OpenBoot(SlotId.B, 100 << 20));

        Assert.Contains("104857600 bytes wanted", error.Message, StringComparison.Ordinal);
        Assert.Null(_control.ReadBoot(SlotId.B));
    }

    /// <summary>A rename that is cut leaves two entries with one chain of clusters: made here by writing the directory.</summary>
    [Fact]
    public void Two_names_with_the_same_clusters_are_parted_without_losing_the_content()
    {
        Install(SlotId.A, 2);
        CutRename("talos-000002-B+3-0.efi", "talos-000002-B.efi");
        Assert.Equal(["talos-000001-A.efi", "talos-000002-B+3-0.efi", "talos-000002-B.efi"], Names());

        _control.Repair(SlotId.B);

        Assert.Equal(["talos-000001-A.efi", "talos-000003-B.efi"], Names());
        Assert.Equal(new Slot(SlotId.B, SlotCondition.Good, 3), _control.Read().Next);
        using (ISlotStorage boot = _control.ReadBoot(SlotId.B)!)
        {
            byte[] data = new byte[boot.Length];
            boot.Read(0, data);
            Assert.Equal(Payload(2), data);
        }

        Install(SlotId.B, 3);
        Assert.Equal(new Slot(SlotId.A, SlotCondition.Trial, 4, 3), _control.Read().Next);
    }

    private void Install(SlotId running, byte content)
    {
        _control.Write(SlotRules.BeginUpdate(_control.Read(), running));
        byte[] payload = Payload(content);
        using (ISlotStorage storage = _control.OpenBoot(running.Other(), payload.Length))
        {
            for (int at = 0; at < payload.Length; at += 1 << 20)
            {
                storage.Write(at, payload.AsSpan(at, Math.Min(1 << 20, payload.Length - at)));
            }

            storage.Flush();
            storage.DropCache();
        }

        _control.Write(SlotRules.ArmTrial(_control.Read(), running));
    }

    // Makes a new name for an empty file, then gives its entry the clusters and the size of the other one.
    private void CutRename(string from, string to)
    {
        string empty = Path.Combine(_folder, "empty");
        File.WriteAllBytes(empty, []);
        Run("mcopy", "-i", _device, empty, $"::/EFI/Linux/{to}");
        byte[] disk = File.ReadAllBytes(_device);
        int source = Entry(disk, from), target = Entry(disk, to);
        disk.AsSpan(source + 20, 2).CopyTo(disk.AsSpan(target + 20));
        disk.AsSpan(source + 26, 6).CopyTo(disk.AsSpan(target + 26));
        using FileStream device = new(_device, FileMode.Open, FileAccess.Write);
        device.Position = target / 512 * 512;
        device.Write(disk, target / 512 * 512, 512);
        device.Flush(flushToDisk: true);
        Run("blockdev", "--flushbufs", _device);
    }

    // The short entry stands behind the long ones, the first of which on the disk has sequence number 0x42.
    private static int Entry(byte[] disk, string name)
    {
        byte[] first = [.. name.Take(5).SelectMany(c => new[] { (byte)c, (byte)0 })];
        for (int at = 0; at + 32 <= disk.Length; at += 32)
        {
            if (disk[at] == 0x01 && disk[at + 11] == 0x0F && disk.AsSpan(at + 1, 10).SequenceEqual(first) && LongName(disk, at) == name)
            {
                return at + 32;
            }
        }

        throw new InvalidDataException($"{name} is in no directory");
    }

    private static string LongName(byte[] disk, int last)
    {
        string name = "";
        for (int at = last; ; at -= 32)
        {
            foreach ((int offset, int count) in new[] { (1, 5), (14, 6), (28, 2) })
            {
                name += System.Text.Encoding.Unicode.GetString(disk, at + offset, count * 2);
            }

            if ((disk[at] & 0x40) != 0)
            {
                return name.Split('\0')[0];
            }
        }
    }

    private string[] Names() =>
        [.. Run("mdir", "-b", "-i", _device, $"::/{EfiBootFile.Folder}").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(n => Path.GetFileName(n.Trim())).Order(StringComparer.Ordinal)];

    private static byte[] Payload(byte content)
    {
        byte[] payload = new byte[5_000_001];
        new Random(content).NextBytes(payload);
        return payload;
    }

    internal static string Run(string tool, params string[] arguments)
    {
        string path = new[] { "/usr/sbin", "/sbin", "/usr/bin", "/bin" }.Select(f => $"{f}/{tool}").FirstOrDefault(File.Exists) ?? tool;
        ProcessStartInfo start = new(path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["MTOOLS_SKIP_CHECK"] = "1";
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{tool} {string.Join(' ', arguments)}: {output}{error}");
        return output;
    }
}
