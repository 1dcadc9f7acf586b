using System.Globalization;
using System.Text.RegularExpressions;
using Talos.Boards.Reading;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Talos.Boards;

/// <summary>Reads <c>board.yaml</c> strictly.</summary>
public static partial class BoardReader
{
    /// <summary>The only version there is.</summary>
    public const string ApiVersion = "boards.talos.dev/v1";

    private const int MostKeyCode = 767;

    private static readonly (string Word, BootControlKind Kind)[] Kinds =
    [
        ("efi", BootControlKind.Efi),
        ("rpi-tryboot", BootControlKind.RpiTryboot),
        ("uboot-env", BootControlKind.UBootEnv),
        ("jetson-efi", BootControlKind.JetsonEfi),
    ];

    /// <summary>The words of <c>bootControl.kind</c>.</summary>
    public static IReadOnlyList<string> KindWords => [.. Kinds.Select(k => k.Word)];

    /// <summary>Reads and checks one descriptor.</summary>
    /// <param name="text">The YAML.</param>
    /// <param name="file">Where it came from, for errors.</param>
    /// <exception cref="BoardException">The descriptor cannot be used.</exception>
    public static Board Read(string text, string file)
    {
        StrictMapping root = new(Parse(text, file), file, "", BoardKeys.Root);
        if (root.Text("apiVersion") is var version && version != ApiVersion)
        {
            throw root.ErrorAt("apiVersion", $"\"{version}\" is unknown; known is {ApiVersion}");
        }

        Board board = new()
        {
            Name = Match(root, "name", root.Text("name"), NamePattern(), "1 to 32 characters of a-z 0-9 -")!,
            Description = root.OptionalText("description") ?? "",
            Compatible = root.Texts("compatible"),
            Smbios = root.OptionalMapping("smbios", BoardKeys.Smbios) is { } s ? new BoardSmbios(s.Text("vendor"), s.Text("product")) : null,
            Soc = root.OptionalText("soc") ?? "",
            DeviceTree = Match(root, "deviceTree", root.OptionalText("deviceTree"), DeviceTreePattern(), "a relative path that ends in .dtb"),
            Overlays = root.Texts("overlays"),
            KernelArgs = KernelArgs(root),
            Consoles = root.Texts("console"),
            Modules = root.Texts("modules"),
            Firmware = [.. root.Mappings("firmware", BoardKeys.Firmware).Select(Firmware)],
            Disk = Disk(root.Mapping("disk", BoardKeys.Disk)),
            BootControl = BootControl(root.Mapping("bootControl", BoardKeys.BootControl)),
            Watchdog = Match(root, "watchdog", root.OptionalText("watchdog"), DevicePattern(), "a path below /dev"),
            Leds = [.. root.Mappings("leds", BoardKeys.Led).Select(l => new BoardLed(l.Text("meaning"), l.Text("name")))],
            Buttons = [.. root.Mappings("buttons", BoardKeys.Button).Select(b => new BoardButton(b.Text("meaning"), KeyCode(b)))],
        };

        BoardChecks.Check(board, root);
        return board;
    }

    private static YamlNode Parse(string text, string file)
    {
        YamlStream stream = [];
        try
        {
            using StringReader reader = new(text);
            stream.Load(reader);
        }
        catch (YamlException e)
        {
            throw new BoardException(file, (int)e.Start.Line, "", e.Message);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // The parser's own slip, without a line, on brackets inside unquoted texts; fuzzing found it.
            throw new BoardException(file, null, "", "not valid YAML: a bracket in an unquoted text, or what follows breaks off");
        }

        if (stream.Documents.Count != 1)
        {
            throw new BoardException(file, null, "", $"{stream.Documents.Count} documents; a descriptor is one");
        }

        YamlNode root = stream.Documents[0].RootNode;
        return root.AllNodes.FirstOrDefault(n => !n.Anchor.IsEmpty) is { } anchored
            ? throw new BoardException(file, (int)anchored.Start.Line, "", $"anchor {anchored.Anchor.Value}: anchors are not used in descriptors")
            : root;
    }

    private static IReadOnlyList<string> KernelArgs(StrictMapping root)
    {
        IReadOnlyList<string> arguments = root.Texts("kernelArgs");
        return arguments.FirstOrDefault(a => a.Any(char.IsWhiteSpace)) is { } split
            ? throw root.ErrorAt("kernelArgs", $"\"{split}\" has white space; one argument an entry")
            : arguments;
    }

    private static BoardFirmware Firmware(StrictMapping entry)
    {
        ByteSize? offset = entry.OptionalSize("offset");
        string? path = Match(entry, "path", entry.OptionalText("path"), PathPattern(), "a relative path");
        string name = Match(entry, "file", entry.Text("file"), PathPattern(), "a relative path")!;
        return offset is null == path is null
            ? throw entry.ErrorAt("offset", "either offset (raw on the disk) or path (in the EFI partition) is wanted, not both")
            : new BoardFirmware(name, offset, path);
    }

    private static BoardDisk Disk(StrictMapping disk) =>
        new(disk.Size("firstPartition"), disk.OptionalSize("efi"), disk.OptionalSize("root"), disk.OptionalSize("slotBoot"));

    private static BoardBootControl BootControl(StrictMapping control)
    {
        string word = control.Text("kind");
        int index = Array.FindIndex(Kinds, k => k.Word == word);
        if (index < 0)
        {
            throw control.ErrorAt("kind", $"\"{word}\" is unknown; known are {string.Join(", ", KindWords)}");
        }

        return new BoardBootControl(
            Kinds[index].Kind,
            [.. control.Mappings("environment", BoardKeys.Environment).Select(e => new BoardEnvironmentCopy(e.Size("offset"), e.Size("size")))]);
    }

    private static int KeyCode(StrictMapping button)
    {
        string text = button.Text("keyCode");
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int code) && code is >= 1 and <= MostKeyCode
            ? code
            : throw button.ErrorAt("keyCode", $"\"{text}\" is not a number of 1 to {MostKeyCode}");
    }

    private static string? Match(StrictMapping mapping, string key, string? text, Regex pattern, string form) =>
        text is null || pattern.IsMatch(text) ? text : throw mapping.ErrorAt(key, $"\"{text}\" is not {form}");

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{0,31}\z")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\A/dev/[A-Za-z0-9/_-]+\z")]
    private static partial Regex DevicePattern();

    [GeneratedRegex(@"\A(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9/._+-]*\z")]
    private static partial Regex PathPattern();

    [GeneratedRegex(@"\A(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9/._+-]*\.dtb\z")]
    private static partial Regex DeviceTreePattern();
}
