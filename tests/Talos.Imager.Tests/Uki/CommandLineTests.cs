using Talos.Boards;
using Talos.Imager.Uki;
using Talos.Imager.Verity;

namespace Talos.Imager.Tests.Uki;

public sealed class CommandLineTests
{
    private static readonly VerityRoot Root = new("/root", "ab", "cd", 12, 0);

    private static readonly Board Board = new()
    {
        Name = "bench",
        KernelArgs = ["cma=64M"],
        Consoles = ["tty0", "ttyS2,115200"],
        Watchdog = "/dev/watchdog0",
        Disk = new BoardDisk(new ByteSize(1 << 20), null, null, null),
        BootControl = new BoardBootControl(BootControlKind.Efi, []),
    };

    [Fact]
    public void Names_the_root_the_board_and_ends_with_what_the_caller_adds() => Assert.Equal(
        "talos.verity.roothash=ab talos.verity.salt=cd talos.verity.datablocks=12 talos.platform=metal "
        + "talos.board=bench talos.watchdog=/dev/watchdog0 pti=on cma=64M console=tty0 console=ttyS2,115200 talos.debug=1",
        CommandLine.Compose(Root, Board, ["pti=on"], ["talos.debug=1"]));

    [Fact]
    public void A_line_longer_than_the_kernel_reads_is_refused() => Assert.Contains(
        "are more than 2047",
        Assert.Throws<ImagerException>(() => CommandLine.Compose(Root, Board, [new string('x', 2000)], [])).Message,
        StringComparison.Ordinal);
}
