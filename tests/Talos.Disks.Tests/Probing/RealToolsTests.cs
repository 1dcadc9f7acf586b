using System.Diagnostics;
using Talos.Disks.Gpt;
using Talos.Disks.Probing;

namespace Talos.Disks.Tests.Probing;

/// <summary>What other tools write is recognised, and they recognise what we write. No root needed.</summary>
public sealed class RealToolsTests : IDisposable
{
    private readonly string _image = Path.Combine(Path.GetTempPath(), $"talos-probe-{Guid.NewGuid():N}.img");

    [Theory]
    [InlineData("ext4", "LABEL", "mke2fs", "-q -t ext4 -L LABEL")]
    [InlineData("xfs", "LABEL", "mkfs.xfs", "-q -L LABEL")]
    [InlineData("vfat", "LABEL", "mkfs.vfat", "-F 32 -n LABEL")]
    [InlineData("swap", "LABEL", "mkswap", "-L LABEL")]
    public async Task A_file_system_made_by_its_own_tool_is_recognised(string type, string label, string tool, string arguments)
    {
        Size(320);
        await Run(tool, [.. arguments.Split(' '), _image]);

        using FileStream image = File.OpenRead(_image);
        ProbeResult? found = FileSystemProbe.Probe(image);

        Assert.Equal((type, label), (found?.Type, found?.Label));
        Assert.NotEqual("", found?.Uuid);
        Assert.False(found?.NeedsRecovery);
    }

    [Fact]
    public async Task Sgdisk_finds_no_fault_in_our_table_and_we_read_what_it_wrote()
    {
        Size(64);
        GptTable table = GptTable.Empty(Guid.NewGuid(), 64 << 20, 512).Add("EFI", PartitionTypes.EfiSystem, Guid.NewGuid(), 8 << 20)
            .Add("EPHEMERAL", PartitionTypes.LinuxData, Guid.NewGuid(), null);
        using (FileStream image = File.OpenWrite(_image))
        {
            foreach (DiskWrite write in GptWriter.Plan(table, null, new byte[512]))
            {
                image.Position = write.Offset;
                image.Write(write.Data.Span);
            }
        }

        Assert.Contains("No problems found", await Run("sgdisk", ["--verify", _image]), StringComparison.Ordinal);
        await Run("sgdisk", ["--change-name=2:STATE", _image]);

        using FileStream changed = File.OpenRead(_image);
        GptReadResult? read = GptReader.TryRead(changed, 512);
        Assert.Equal((GptCondition.Good, "STATE"), (read?.Condition, read?.Table.Partitions[1].Label));
    }

    public void Dispose() => File.Delete(_image);

    private void Size(int mebibytes)
    {
        using FileStream image = File.Create(_image);
        image.SetLength((long)mebibytes << 20);
    }

    private static async Task<string> Run(string tool, string[] arguments)
    {
        ProcessStartInfo start = new(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin";
        start.FileName = new[] { "/usr/sbin/", "/sbin/", "/usr/bin/" }.Select(f => f + tool).First(File.Exists);
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync();
        string error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, output + error);
        return output;
    }
}
