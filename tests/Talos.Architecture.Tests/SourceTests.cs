using System.Text.RegularExpressions;

namespace Talos.Architecture.Tests;

/// <summary>Rules on source files that no compiler checks.</summary>
public sealed partial class SourceTests
{
    private static readonly string[] Product = ["firmware", "boards", "os", "ota", "fleet-agent"];

    [Fact]
    public void System_calls_are_declared_only_in_Talos_Linux() =>
        Assert.Empty(
            from folder in Product
            from file in Repository.Files(folder, "*.cs")
            where !file.StartsWith("os/base/Talos.Linux/", StringComparison.Ordinal)
            where Import().IsMatch(Repository.Read(file))
            select file);

    [Fact]
    public void No_source_file_is_longer_than_400_lines() =>
        Assert.Empty(
            from file in Repository.Files(".", "*.cs")
            let lines = Repository.Read(file).Count(c => c == '\n')
            where lines > 400
            select $"{file}: {lines}");

    [Fact]
    public void No_board_is_named_in_code() =>
        Assert.Empty(
            from folder in Product
            from file in Repository.Files(folder, "*.cs")
            where Board().Match(Repository.Read(file)) is { Success: true }
            select file);

    [Fact]
    public void Pure_code_and_controllers_do_not_use_generated_API_types() =>
        Assert.Empty(
            from file in Repository.Files("os/capabilities", "*.cs")
            where file.Contains("/Controllers/", StringComparison.Ordinal) || file.Contains("/Rules/", StringComparison.Ordinal)
            where Repository.Read(file).Contains("using Talos.Api", StringComparison.Ordinal)
            select file);

    [Fact]
    public void Nothing_is_left_open() =>
        Assert.Empty(
            from folder in Product
            from file in Repository.Files(folder, "*.cs")
            where Open().IsMatch(Repository.Read(file))
            select file);

    [Fact]
    public void Every_room_says_what_it_does() =>
        Assert.Empty(
            from project in Repository.Files(".", "*.csproj")
            let folder = Path.GetDirectoryName(project)!
            where !folder.Contains("tests/", StringComparison.Ordinal)
            where !File.Exists(Path.Combine(Repository.Root, folder, "README.md"))
            select folder);

    [GeneratedRegex(@"\[(LibraryImport|DllImport)\(")]
    private static partial Regex Import();

    [GeneratedRegex("\"(qemu-virt|raspberrypi-[345]|rock-5b|jetson-(orin|nano|xavier)[a-z-]*)\"")]
    private static partial Regex Board();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK)\b|NotImplementedException")]
    private static partial Regex Open();
}
