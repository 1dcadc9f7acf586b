using System.Text.Json;
using Talos.Boards.Reading;

namespace Talos.Boards.Tests;

/// <summary>The schema editors use and the reader must say the same.</summary>
public sealed class SchemaTests
{
    private readonly JsonElement _schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(BoardsFolder.Path, "board.schema.json"))).RootElement;

    [Fact]
    public void The_schema_has_the_keys_the_reader_knows()
    {
        AssertKeys(BoardKeys.Root);
        AssertKeys(BoardKeys.Smbios, "smbios");
        AssertKeys(BoardKeys.Disk, "disk");
        AssertKeys(BoardKeys.BootControl, "bootControl");
        AssertKeys(BoardKeys.Firmware, "firmware", "items");
        AssertKeys(BoardKeys.Environment, "bootControl", "environment", "items");
        AssertKeys(BoardKeys.Led, "leds", "items");
        AssertKeys(BoardKeys.Button, "buttons", "items");
    }

    [Fact]
    public void The_schema_has_the_boot_control_kinds_the_reader_knows() => Assert.Equal(
        BoardReader.KindWords,
        At("bootControl", "kind").GetProperty("enum").EnumerateArray().Select(e => e.GetString()));

    private void AssertKeys(IReadOnlyList<string> keys, params string[] path) => Assert.Equal(
        keys.Order(StringComparer.Ordinal),
        At(path).GetProperty("properties").EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));

    private JsonElement At(params string[] path) =>
        path.Aggregate(_schema, (node, key) => key == "items" ? node.GetProperty("items") : node.GetProperty("properties").GetProperty(key));
}
