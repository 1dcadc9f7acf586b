using System.Diagnostics;
using Talos.Ota.Engine.Sources;

namespace Talos.Ota.Engine.Tests.Sources;

/// <summary>Real file systems on loop devices.</summary>
[Trait("Category", "Integration")]
public sealed class LinuxRemovableVolumesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("talos-sticks").FullName;
    private readonly List<string> _devices = [];
    private readonly LinuxRemovableVolumes _volumes;

    public LinuxRemovableVolumesTests()
    {
        Assert.SkipUnless(File.ReadAllText("/proc/filesystems").Contains("ext4", StringComparison.Ordinal), "this kernel has no ext4");
        _volumes = new LinuxRemovableVolumes(Path.Combine(_folder, "mnt"));
        Directory.CreateDirectory(Path.Combine(_folder, "content"));
        File.WriteAllText(Path.Combine(_folder, "content", "talos.bundle"), "hello");
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _devices.ForEach(d => Run("losetup", "-d", d));
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_stick_is_found_by_its_label_read_and_let_go()
    {
        PlugIn("OTHER-STICK");
        PlugIn("TALOS-UPDATE");

        await using (UsbSource source = UsbSource.Open(_volumes, new UsbReference("TALOS-UPDATE", "")))
        {
            byte[] data = new byte[5];
            Assert.Equal(5, await source.ReadAtAsync(0, data, Ct));
            Assert.Equal("hello"u8, data);
            Assert.Throws<IOException>(() => File.WriteAllText(Path.Combine(_folder, "mnt", "x"), ""));
        }

        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_folder, "mnt")));
    }

    [Fact]
    public void No_stick_and_two_sticks_with_the_label_are_told_apart()
    {
        Assert.Contains("is the stick plugged in?", Assert.Throws<SourceException>(() => _volumes.Mount("TALOS-UPDATE")).Message, StringComparison.Ordinal);

        PlugIn("TALOS-UPDATE");
        PlugIn("TALOS-UPDATE");

        Assert.Contains($"{_devices[0]} and {_devices[1]} have this label", Assert.Throws<SourceException>(() => _volumes.Mount("TALOS-UPDATE")).Message, StringComparison.Ordinal);
    }

    private void PlugIn(string label)
    {
        string image = Path.Combine(_folder, $"stick-{_devices.Count}");
        Run("mkfs.ext4", "-q", "-L", label, "-d", Path.Combine(_folder, "content"), image, "4M");
        _devices.Add(Run("losetup", "--show", "-f", image).Trim());
    }

    private static string Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] += ":/usr/sbin:/sbin";
        using var process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program}: {error}");
    }
}
