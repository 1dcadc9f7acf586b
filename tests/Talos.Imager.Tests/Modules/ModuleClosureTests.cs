using CsCheck;
using Talos.Imager.Modules;

namespace Talos.Imager.Tests.Modules;

public sealed class ModuleClosureTests
{
    private readonly Dictionary<string, ModuleInfo> _modules = new()
    {
        ["xfs"] = new(["libcrc32c"], ["crc32c_generic", "absent"]),
        ["libcrc32c"] = new([], []),
        ["crc32c_generic"] = new([], []),
        ["dm_verity"] = new(["dm_mod", "reed_solomon"], []),
        ["dm_mod"] = new([], []),
        ["reed_solomon"] = new([], []),
        ["broken"] = new(["gone"], []),
    };

    [Fact]
    public void Each_module_comes_after_what_it_needs_and_only_once() =>
        Assert.Equal(["crc32c_generic", "libcrc32c", "xfs", "dm_mod", "reed_solomon", "dm_verity"], Order("xfs", "dm-verity", "dm_mod"));

    [Fact]
    public void A_module_built_into_the_kernel_is_left_out() => Assert.Equal(["dm_mod"], Order("ext2", "dm_mod"));

    [Fact]
    public void An_unknown_module_is_an_error_that_names_who_needs_it()
    {
        Assert.Equal("kernel module missing: not in this kernel", Assert.Throws<ImagerException>(() => Order("missing")).Message);
        Assert.Equal("kernel module gone, needed by broken: not in this kernel", Assert.Throws<ImagerException>(() => Order("broken")).Message);
    }

    [Fact]
    public void Whatever_needs_whatever_the_order_can_be_loaded() =>
        Gen.Int[0, 19].Array[0, 5].Array[20].Sample(graph =>
        {
            // A module needs only those with a smaller number: a kernel has no circles.
            Dictionary<string, ModuleInfo> modules = graph.Select((needs, i) => (i, needs)).ToDictionary(
                m => $"m{m.i}", m => new ModuleInfo([.. m.needs.Where(n => n < m.i).Select(n => $"m{n}")], []));

            IReadOnlyList<string> order = ModuleClosure.Order(modules.Keys.Reverse(), _ => false, modules.GetValueOrDefault);

            List<string> loaded = [.. order];
            Assert.Equal(20, loaded.Distinct().Count());
            Assert.All(loaded, m => Assert.All(modules[m].Depends, d => Assert.True(loaded.IndexOf(d) < loaded.IndexOf(m))));
        });

    private IReadOnlyList<string> Order(params string[] wanted) =>
        ModuleClosure.Order(wanted, name => name == "ext2", _modules.GetValueOrDefault);
}
