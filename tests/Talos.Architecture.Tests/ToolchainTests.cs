using System.Text.RegularExpressions;

namespace Talos.Architecture.Tests;

/// <summary>Versions of tools that are named in several places, and packages that scripts install.</summary>
public sealed partial class ToolchainTests
{
    [Fact]
    public void The_SDK_whose_warnings_are_errors_is_the_one_of_global_json_and_later_ones_are_taken()
    {
        string global = Repository.Read("global.json");

        Assert.Contains($"\"version\": \"{Property("TalosSdk")}\"", global, StringComparison.Ordinal);
        Assert.Contains("\"rollForward\": \"latestFeature\"", global, StringComparison.Ordinal);
    }

    [Fact]
    public void The_lock_files_have_the_compiler_that_is_pinned_for_every_SDK() => Assert.Contains(
        $"\"runtime.linux-arm64.Microsoft.DotNet.ILCompiler\": \"{Property("TalosRuntimePacks")}\"",
        Repository.Read("firmware/Talos.Stage1/packages.lock.json"), StringComparison.Ordinal);

    [Fact]
    public void Every_group_of_packages_that_a_script_asks_for_is_listed()
    {
        HashSet<string> listed = [.. Group().Matches(Repository.Read("scripts/lib/packages")).Select(m => m.Groups[1].Value)];
        string[] asked =
        [
            .. from file in Repository.Files("scripts", "*").Where(f => !f.EndsWith("/packages", StringComparison.Ordinal))
               from match in Setup().Matches(Repository.Read(file))
               from name in match.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)
               where name[0] is not ('"' or '$')
               select name,
        ];

        Assert.Contains("board", asked);
        Assert.Empty(asked.Except(listed));
    }

    private static string Property(string name) =>
        Regex.Match(Repository.Read("Directory.Build.props"), $"<{name}>([^<]+)</{name}>", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups[1].Value;

    [GeneratedRegex(@"^\[([a-z0-9-]+)\]", RegexOptions.Multiline)]
    private static partial Regex Group();

    [GeneratedRegex(@"^ *(?:setup|groups\+=\(|[a-z0-9 |]+\) groups\+=\()([a-z0-9 -]*)", RegexOptions.Multiline)]
    private static partial Regex Setup();
}
