using CsCheck;

namespace Talos.Boards.Tests;

public sealed class BoardReaderTests
{
    private const string Minimal =
        """
        apiVersion: boards.talos.dev/v1
        name: bench
        compatible: ["acme,bench"]
        disk:
          firstPartition: 1MiB
        bootControl:
          kind: efi

        """;

    [Fact]
    public void Every_board_of_the_repository_is_readable_and_named_like_its_folder()
    {
        foreach (string file in BoardsFolder.Descriptors)
        {
            Board board = BoardReader.Read(File.ReadAllText(file), file);

            Assert.Equal(Path.GetFileName(Path.GetDirectoryName(file)), board.Name);
            Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(file)!, "README.md")), $"{board.Name} has no README.md");
        }
    }

    [Fact]
    public void A_board_with_firmware_in_front_of_its_partitions_is_data_alone()
    {
        Board board = BoardReader.Read(
            """
            apiVersion: boards.talos.dev/v1
            name: rk-bench
            compatible: ["acme,rk"]
            soc: rk3588
            deviceTree: rockchip/rk3588-bench.dtb
            kernelArgs: ["console=tty0", "console=ttyS2,115200", "cma=128MB"]
            firmware:
              - file: u-boot-rockchip.bin
                offset: 32KiB
            disk:
              firstPartition: 10MiB
            bootControl:
              kind: uboot-env
              environment:
                - { offset: 8MiB, size: 64KiB }
            watchdog: /dev/watchdog0
            buttons:
              - { meaning: reset, keyCode: 408 }
            """,
            "board.yaml");

        Assert.Equal(new BoardFirmware("u-boot-rockchip.bin", new ByteSize(32768), null), Assert.Single(board.Firmware));
        Assert.Equal(BootControlKind.UBootEnv, board.BootControl.Kind);
        Assert.Equal(new BoardEnvironmentCopy(new ByteSize(8 << 20), new ByteSize(65536)), Assert.Single(board.BootControl.Environment));
        Assert.Equal("rockchip/rk3588-bench.dtb", board.DeviceTree);
        Assert.Equal(408, Assert.Single(board.Buttons).KeyCode);
    }

    [Theory]
    [InlineData("watchdog: /dev/watchdog0\nwatchdogs: 1", "board.yaml:9: watchdogs: unknown key; did you mean watchdog?")]
    [InlineData("colour: red", "board.yaml:8: colour: unknown key; known are apiVersion, name,")]
    [InlineData("soc:", "board.yaml:8: soc: empty value; leave the key out instead")]
    [InlineData("overlays: one.dtbo", "board.yaml:8: overlays: not a list")]
    [InlineData("kernelArgs: [\"a b\"]", "board.yaml:8: kernelArgs: \"a b\" has white space; one argument an entry")]
    [InlineData("deviceTree: ../x.dtb", "board.yaml:8: deviceTree: \"../x.dtb\" is not a relative path that ends in .dtb")]
    [InlineData("watchdog: watchdog0", "board.yaml:8: watchdog: \"watchdog0\" is not a path below /dev")]
    [InlineData("firmware:\n  - file: a.bin", "board.yaml:9: firmware[0].offset: either offset (raw on the disk) or path (in the EFI partition) is wanted, not both")]
    [InlineData("firmware:\n  - file: a.bin\n    offset: 8KiB", "board.yaml:9: firmware: a.bin at 8KiB lies on the partition table, which ends at 17KiB")]
    [InlineData("firmware:\n  - file: a.bin\n    offset: 2MiB", "board.yaml:9: firmware: a.bin at 2MiB reaches into the first partition at 1MiB")]
    [InlineData("firmware:\n  - file: a.bin\n    offset: 100", "board.yaml:10: firmware[0].offset: \"100\" is not a size; sizes are written 512B, 32KiB, 10MiB, 2GiB")]
    [InlineData("firmware:\n  - file: a.bin\n    offset: 100B", "board.yaml:10: firmware[0].offset: 100B is not a multiple of 512 bytes")]
    [InlineData("buttons:\n  - { meaning: reset, keyCode: 9999 }", "board.yaml:9: buttons[0].keyCode: \"9999\" is not a number of 1 to 767")]
    [InlineData("soc: &a x", "board.yaml:8: anchor a: anchors are not used in descriptors")]
    [InlineData("name: twice", "board.yaml:8: ")]
    [InlineData("---\nname: x", "board.yaml: 2 documents; a descriptor is one")]
    [InlineData("soc: [", "board.yaml:")]
    public void Refuses_and_names_file_line_path_and_problem(string added, string message)
    {
        BoardException error = Assert.Throws<BoardException>(() => BoardReader.Read(Minimal + added + "\n", "board.yaml"));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kind: efi", "kind: grub", "bootControl.kind: \"grub\" is unknown; known are efi, rpi-tryboot, uboot-env, jetson-efi")]
    [InlineData("kind: efi", "kind: uboot-env", "bootControl: environment has 0 copies; U-Boot keeps 1 or 2")]
    [InlineData("kind: efi", "kind: rpi-tryboot", "disk: slotBoot is missing: kind rpi-tryboot starts a slot from its own FAT partition")]
    [InlineData("kind: efi", "kind: efi\n  environment: [{ offset: 512KiB, size: 4KiB }]", "bootControl: environment is for kind uboot-env alone")]
    [InlineData("firstPartition: 1MiB", "firstPartition: 512KiB", "disk: firstPartition 512KiB is less than 1MiB")]
    [InlineData("firstPartition: 1MiB", "firstPartition: 1MiB\n  slotBoot: 64MiB", "disk: slotBoot is not for EFI kinds")]
    [InlineData("name: bench", "name: Bench", "name: \"Bench\" is not 1 to 32 characters of a-z 0-9 -")]
    [InlineData("apiVersion: boards.talos.dev/v1", "apiVersion: boards.talos.dev/v2", "apiVersion: \"boards.talos.dev/v2\" is unknown")]
    [InlineData("compatible: [\"acme,bench\"]", "soc: x", "compatible: missing: without compatible or smbios nothing finds this board")]
    [InlineData("disk:\n  firstPartition: 1MiB\n", "", "disk: missing")]
    public void Refuses_values_that_do_not_go_together(string value, string replacement, string problem)
    {
        BoardException error = Assert.Throws<BoardException>(() => BoardReader.Read(Minimal.Replace(value, replacement, StringComparison.Ordinal), "board.yaml"));

        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_copies_of_an_environment_must_not_overlap()
    {
        string text = Minimal.Replace("1MiB", "16MiB", StringComparison.Ordinal)
            .Replace("kind: efi", "kind: uboot-env\n  environment: [{ offset: 8MiB, size: 64KiB }, { offset: 8224KiB, size: 64KiB }]", StringComparison.Ordinal);

        BoardException error = Assert.Throws<BoardException>(() => BoardReader.Read(text, "board.yaml"));

        Assert.Contains("overlap", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_damage_to_a_descriptor_is_a_board_error_or_still_a_board() =>
        Gen.Select(Gen.Int[0, Minimal.Length - 1], Gen.String[Gen.Char["\0\t\n :-[]{}&*!|>'\"%@`#,a0\u00e9"], 0, 4]).Sample((at, insert) =>
        {
            try
            {
                return BoardReader.Read(Minimal.Insert(at, insert), "board.yaml").Name.Length > 0;
            }
            catch (BoardException)
            {
                return true;
            }
        });
}
