using Talos.Kernel.Rules;
using Talos.Linux;
using Talos.Resources.Kernel;

namespace Talos.Kernel.Tests;

public sealed class RulesTests
{
    [Theory]
    [InlineData("slab_nomerge= pti=on", "")]
    [InlineData("slab_nomerge pti=on", "")]
    [InlineData("slab_nomerge=", "pti=on")]
    [InlineData("pti=off slab_nomerge=", "pti=on")]
    [InlineData("pti=on pti=off slab_nomerge", "pti=on")]
    [InlineData("quiet", "slab_nomerge,pti=on")]
    public void Hardening_arguments_are_required(string line, string missing) =>
        Assert.Equal(missing, string.Join(',', KernelRequirements.Missing(KernelCommandLine.Parse(line))));

    [Theory]
    [InlineData("proc.sys.net.ipv4.ip_forward", "/proc/sys/net/ipv4/ip_forward")]
    [InlineData("proc.sys.net/ipv4/conf/eth0.5/forwarding", "/proc/sys/net/ipv4/conf/eth0.5/forwarding")]
    [InlineData("proc.sys.net.ipv4.conf.eth0/5.forwarding", "/proc/sys/net/ipv4/conf/eth0.5/forwarding")]
    [InlineData("sys.block.vda.queue.scheduler", "/sys/block/vda/queue/scheduler")]
    public void An_id_means_a_file(string id, string path) => Assert.Equal(path, ParamPath.FileOf(id));

    [Theory]
    [InlineData("proc.sys.")]
    [InlineData("proc.sys.../../etc/passwd")]
    [InlineData("proc.sys.a..b")]
    [InlineData("etc.passwd")]
    public void An_id_cannot_lead_out_of_its_place(string id) => Assert.Throws<ArgumentException>(() => ParamPath.FileOf(id));

    [Fact]
    public void The_machine_config_wins_except_over_what_hardens_the_system()
    {
        IReadOnlyDictionary<string, KernelParamSpec> plan = ParamPlan.Merge(
            [
                new("proc.sys.kernel.kptr_restrict", new KernelParamDefaultSpec { Value = "2", Enforced = true }),
                new("proc.sys.net.ipv4.ip_forward", new KernelParamDefaultSpec { Value = "1" }),
            ],
            [
                new("proc.sys.kernel.kptr_restrict", new KernelParamSpec { Value = "0" }),
                new("proc.sys.net.ipv4.ip_forward", new KernelParamSpec { Value = "0" }),
                new("proc.sys.vm.swappiness", new KernelParamSpec { Value = "10" }),
            ]);

        Assert.Equal(["2", "0", "10"], plan.Values.Select(p => p.Value));
    }

    [Fact]
    public void All_parameters_of_the_system_have_a_file() =>
        Assert.All(HardeningParams.All, p => Assert.StartsWith("/proc/sys/", ParamPath.FileOf(p.Key), StringComparison.Ordinal));
}

public sealed class ModuleIndexTests
{
    private readonly ModuleIndex _index = new(
        ["kernel/fs/xfs/xfs.ko: kernel/lib/libcrc32c.ko kernel/crypto/crc32c.ko", "kernel/drivers/md/dm-mod.ko:"],
        ["kernel/fs/ext4/ext4.ko"],
        ["# Aliases extracted from modules themselves.", "alias fs-xfs xfs", "alias char-major-10-* dm_mod"]);

    [Theory]
    [InlineData("fs-xfs", "xfs")]
    [InlineData("char-major-10-236", "dm_mod")]
    [InlineData("dm-mod", "dm-mod")]
    [InlineData("ext4", "ext4")]
    [InlineData("fs-nosuch", "")]
    public void A_name_may_be_an_alias(string name, string modules) => Assert.Equal(modules, string.Join(',', _index.Resolve(name)));

    [Fact]
    public void What_a_module_needs_is_loaded_before_it() =>
        Assert.Equal(["kernel/crypto/crc32c.ko", "kernel/lib/libcrc32c.ko", "kernel/fs/xfs/xfs.ko"], _index.FilesFor("xfs"));

    [Fact]
    public void Dashes_and_underscores_are_the_same() =>
        Assert.Equal(_index.FilesFor("dm-mod"), _index.FilesFor("dm_mod"));

    [Fact]
    public void A_module_may_be_built_in_or_absent()
    {
        Assert.True(_index.IsBuiltIn("ext4"));
        Assert.Null(_index.FilesFor("nosuch"));
    }
}
