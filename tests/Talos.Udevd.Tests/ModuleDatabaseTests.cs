using System.Text;
using CsCheck;
using Talos.Linux;
using Talos.Udevd.Modules;

namespace Talos.Udevd.Tests;

public sealed class ModuleDatabaseTests
{
    private const string Aliases = """
        # Aliases extracted from modules themselves.
        alias virtio:d00000001v* virtio_net
        alias virtio:d00000002v* virtio_blk
        alias pci:v00008086d0000100Esv*sd*bc*sc*i* e1000
        alias of:N*T*Cmarvell,armada-370-neta virtio_net
        alias of:N*T*Cfsl,imx[0-9]q-fec* fec
        alias crc32c crc32c_generic
        alias two:a first
        alias two:* second-one
        """;

    private const string Dependencies = """
        kernel/drivers/net/virtio_net.ko: kernel/drivers/net/net_failover.ko kernel/net/core/failover.ko
        kernel/drivers/net/net_failover.ko: kernel/net/core/failover.ko
        kernel/net/core/failover.ko:
        kernel/drivers/block/virtio_blk.ko:
        kernel/lib/libcrc32c.ko:
        kernel/crypto/crc32c_generic.ko:
        kernel/a/first.ko: kernel/b/second-one.ko
        kernel/b/second-one.ko: kernel/a/first.ko
        """;

    private readonly ModuleDatabase _database =
        new(Encoding.UTF8.GetBytes(Aliases), Dependencies, "# Soft\nsoftdep libcrc32c pre: crc32c post: virtio_blk\n");

    [Theory]
    [InlineData("virtio:d00000001v00001AF4", "virtio_net")]
    [InlineData("pci:v00008086d0000100Esv00001AF4sd00001100bc02sc00i00", "e1000")]
    [InlineData("of:NethernetT(null)Cfsl,imx6q-fec", "fec")]
    [InlineData("of:NethernetT(null)Cfsl,imxxq-fec", "")]
    [InlineData("two:a", "first second_one")]
    [InlineData("two:b", "second_one")]
    [InlineData("usb:v1", "")]
    public void Modules_are_found_by_the_alias_of_a_device(string modalias, string modules) =>
        Assert.Equal(modules, string.Join(' ', _database.ModulesFor(modalias)));

    [Fact]
    public void What_a_module_needs_is_loaded_before_it() =>
        Assert.Equal(["failover", "net_failover", "virtio_net"], _database.FilesFor("virtio-net").Select(ModuleDatabase.NameOf));

    [Fact]
    public void Soft_dependencies_are_loaded_around_it_by_alias_too() =>
        Assert.Equal(["crc32c_generic", "libcrc32c", "virtio_blk"], _database.FilesFor("libcrc32c").Select(ModuleDatabase.NameOf));

    [Fact]
    public void Modules_that_need_each_other_end() =>
        Assert.Equal(["second_one", "first"], _database.FilesFor("first").Select(ModuleDatabase.NameOf));

    [Fact]
    public void Any_texts_are_read_without_an_exception() =>
        Gen.Select(Gen.String, Gen.String, Gen.String).Sample((a, b, c) =>
        {
            ModuleDatabase database = new(Encoding.UTF8.GetBytes($"alias {a} {b}\n{c}"), $"{a}: {b}\n{c}", $"softdep {a} pre: {b} {c}");
            database.ModulesFor(a);
            database.FilesFor(b);
        });

    [Fact]
    public void A_pattern_fits_its_own_text_and_many_stars_take_no_time()
    {
        Gen.String[Gen.Char['a', 'z'], 0, 20].Sample(text =>
            Assert.True(Glob.Matches(Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(text))));
        Assert.False(Glob.Matches(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("a*", 200)) + "b"), Encoding.UTF8.GetBytes(new string('a', 2000))));
    }

    [Fact]
    public void Each_file_is_loaded_once_and_a_failure_is_logged_and_passed_over()
    {
        List<string> loaded = [];
        List<string> log = [];
        ModuleAutoloader loader = new(
            _database,
            file => file.Contains("net_failover", StringComparison.Ordinal) ? throw new LinuxException(Errno.ENOENT, "finit_module", file) : Add(loaded, file),
            log.Add);

        loader.Serve("virtio:d00000001v00001AF4");
        loader.Serve("virtio:d00000001v00001AF4");
        loader.Serve("virtio:d00000002v00001AF4");

        Assert.Equal(["failover", "virtio_blk"], loaded.Select(ModuleDatabase.NameOf));
        Assert.Single(log);
    }

    private static bool Add(List<string> list, string item)
    {
        list.Add(item);
        return true;
    }
}
