using Grpc.Core;
using Talos.Api.Machine;

namespace Talos.E2e.Tests;

/// <summary>The root file system of a configured node.</summary>
[Collection("node")]
public sealed class RootTests(NodeFixture node)
{
    [Fact]
    public async Task The_root_is_a_read_only_squashfs_on_a_verified_device()
    {
        string mounts = (await node.Machine.TalosctlAsync("read", "/proc/mounts")).Expect();
        string root = mounts.Split('\n').Single(l => l.Split(' ') is [_, "/", ..]);

        Assert.Matches(@"^/dev/(dm-0|mapper/\S+) / squashfs ro", root);
    }

    [Fact]
    public async Task It_holds_no_executable_that_is_not_on_the_list()
    {
        HashSet<string> allowed = [.. File.ReadLines(Path.Combine(Workspace.Root, "firmware/rootfs/executables.allow"))
            .Select(l => l.Split('#')[0].Trim()).Where(l => l.Length > 0).Select(l => Path.GetFileName(l.Split(' ')[0]))];
        List<string> found = [];
        foreach (string folder in new[] { "/usr", "/opt", "/etc" })
        {
            using AsyncServerStreamingCall<Talos.Api.Machine.FileInfo> list = new MachineService.MachineServiceClient(node.Admin).List(
                new ListRequest { Root = folder, Recurse = true, RecursionDepth = 20 });
            await foreach (Talos.Api.Machine.FileInfo file in list.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken))
            {
                bool regular = (file.Mode >> 26) == 0 && !file.IsDir && file.Link.Length == 0;
                if (regular && (file.Mode & 0b001_001_001) != 0 && !file.Name.Contains(".so", StringComparison.Ordinal))
                {
                    found.Add(Path.GetFileName(file.Name));
                }
            }
        }

        Assert.Empty(found.Distinct().Except(allowed));
        Assert.Contains("init", found);
        Assert.DoesNotContain(found, f => f is "sh" or "bash" or "dash" or "busybox" or "sshd" or "systemd" or "agetty" or "login");
    }
}
