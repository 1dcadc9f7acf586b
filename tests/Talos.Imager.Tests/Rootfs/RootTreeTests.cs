using Talos.Imager.Rootfs;

namespace Talos.Imager.Tests.Rootfs;

public sealed class RootTreeTests
{
    private readonly RootTree _tree = new();

    [Fact]
    public void Parents_come_along_and_before_their_children()
    {
        _tree.AddText("usr/lib/os-release", "ID=talos\n");
        _tree.AddDirectory("usr-local");

        Assert.Equal(["usr", "usr-local", "usr/lib", "usr/lib/os-release"], _tree.Entries.Select(e => e.Path));
    }

    [Fact]
    public void A_directory_named_later_gets_its_mode()
    {
        _tree.AddText("root/x", "");
        _tree.AddDirectory("root", 0b111_000_000);

        Assert.Equal(0b111_000_000, _tree.Find("root")!.Mode);
    }

    [Fact]
    public void A_place_is_given_once_and_the_error_names_both()
    {
        _tree.AddText("etc/hosts", "", "first");

        ImagerException error = Assert.Throws<ImagerException>(() => _tree.AddText("etc/hosts", "", "second"));

        Assert.Equal("/etc/hosts: wanted by second, but first has it already", error.Message);
    }

    [Fact]
    public void Nothing_is_put_below_a_link()
    {
        _tree.AddLink("sbin", "usr/bin");

        Assert.Equal("/sbin/init: /sbin is not a directory", Assert.Throws<ImagerException>(() => _tree.AddText("sbin/init", "")).Message);
    }

    [Fact]
    public void A_source_that_is_not_there_is_an_error() =>
        Assert.Contains("does not exist", Assert.Throws<ImagerException>(() => _tree.AddFile("a", "/nonexistent/a", "x")).Message, StringComparison.Ordinal);
}
