namespace Talos.Boards.Tests;

public sealed class BoardCatalogTests
{
    private readonly BoardCatalog _catalog = new();

    public BoardCatalogTests()
    {
        Add("first", smbios: new BoardSmbios("Acme", "Bench"), "acme,bench-v2", "acme,bench");
        Add("second", smbios: null, "acme,soc");
    }

    [Fact]
    public void The_name_on_the_command_line_wins() =>
        Assert.Equal("second", Match(new BoardIdentity { CommandLineName = "second", Compatible = ["acme,bench"] }));

    [Fact]
    public void The_most_specific_device_tree_entry_wins() =>
        Assert.Equal("first", Match(new BoardIdentity { Compatible = ["acme,bench", "acme,soc"] }));

    [Fact]
    public void A_machine_without_device_tree_is_found_by_SMBIOS() =>
        Assert.Equal("first", Match(new BoardIdentity { Smbios = new BoardSmbios("Acme", "Bench") }));

    [Fact]
    public void A_machine_without_SMBIOS_and_device_tree_is_found_by_the_command_line_alone()
    {
        Assert.Equal("first", Match(new BoardIdentity { CommandLineName = "first" }));
        Assert.Null(Match(new BoardIdentity()));
    }

    [Fact]
    public void An_unknown_name_falls_through_to_the_other_marks() =>
        Assert.Equal("second", Match(new BoardIdentity { CommandLineName = "third", Compatible = ["acme,soc"] }));

    [Fact]
    public void The_device_tree_property_is_split_at_its_zero_bytes() =>
        Assert.Equal(["radxa,rock-5b", "rockchip,rk3588"], BoardIdentity.ParseCompatible("radxa,rock-5b\0rockchip,rk3588\0"u8));

    [Fact]
    public void Two_boards_do_not_claim_the_same_hardware()
    {
        Assert.Contains("acme,soc also belongs to second", Assert.Throws<BoardException>(() => Add("third", null, "acme,soc")).Message, StringComparison.Ordinal);
        Assert.Contains("first is taken", Assert.Throws<BoardException>(() => Add("first", null, "acme,other")).Message, StringComparison.Ordinal);
        Assert.Contains("smbios", Assert.Throws<BoardException>(() => Add("fourth", new BoardSmbios("Acme", "Bench"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_boards_of_the_repository_go_together()
    {
        BoardCatalog catalog = new();
        foreach (string file in BoardsFolder.Descriptors)
        {
            catalog.Add(BoardReader.Read(File.ReadAllText(file), file), file);
        }

        Assert.True(catalog.Boards.Count >= 3);
    }

    private string? Match(BoardIdentity identity) => _catalog.Match(identity)?.Name;

    private void Add(string name, BoardSmbios? smbios, params string[] compatible) => _catalog.Add(
        new Board
        {
            Name = name,
            Compatible = compatible,
            Smbios = smbios,
            Disk = new BoardDisk(new ByteSize(1 << 20), null, null, null),
            BootControl = new BoardBootControl(BootControlKind.Efi, []),
        },
        $"boards/{name}/board.yaml");
}
