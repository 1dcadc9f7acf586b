using System.Globalization;
using System.Text.Json.Nodes;
using CsCheck;
using Talos.Kubernetes.Rules;

namespace Talos.Kubernetes.Tests.Rules;

public sealed class KubeletVersionTableTests
{
    public static TheoryData<int> Listed => [.. KubeletVersion.ListedMinors];

    [Theory]
    [MemberData(nameof(Listed))]
    public void Each_version_has_the_flags_that_it_lists_itself(int minor) =>
        Assert.Equal(Lines($"flags-1.{minor}"), KubeletFlags.Known.Of(minor));

    [Fact]
    public void Version_1_20_has_the_fields_of_its_source() => Assert.Equal(Lines("fields-1.20"), KubeletFields.Known.Of(20));

    [Theory]
    [InlineData(31, 119)]
    [InlineData(32, 121)]
    [InlineData(33, 125)]
    [InlineData(34, 125)]
    [InlineData(35, 125)]
    [InlineData(36, 127)]
    [InlineData(37, 128)]
    public void Later_versions_only_add_fields(int minor, int count)
    {
        IReadOnlyList<string> fields = KubeletFields.Known.Of(minor);

        Assert.Equal(count, fields.Count);
        Assert.Empty(KubeletFields.Known.Of(20).Except(fields));
    }

    [Theory]
    [MemberData(nameof(Listed))]
    public void What_we_set_ourselves_is_known_to_each_version_and_does_something(int minor)
    {
        KubeletSettings settings = Settings(minor);

        string[] flags = [.. KubeletConfig.Arguments(settings).Select(a => a[2..].Split('=')[0])];
        string[] fields = [.. JsonNode.Parse(KubeletConfig.Render(settings))!.AsObject().Select(f => f.Key)];

        Assert.Empty(flags.Except(KubeletFlags.Known.Of(minor)));
        Assert.Empty(fields.Except(KubeletFields.Known.Of(minor)));
        Assert.All(fields, field => Assert.True(KubeletFields.HasEffect(field, minor), field));
        Assert.Empty(KubeletExtras.Judge(settings).Remarks);
    }

    [Theory]
    [MemberData(nameof(Listed))]
    public void A_flag_or_field_of_any_other_version_is_left_out_with_a_remark(int minor)
    {
        string[] flags = [.. KubeletVersion.ListedMinors.SelectMany(KubeletFlags.Known.Of).Distinct()];
        string[] fields = [.. KubeletVersion.ListedMinors.SelectMany(KubeletFields.Known.Of).Distinct()];
        KubeletSettings settings = Settings(minor) with
        {
            ExtraArgs = flags.ToDictionary(f => f, IReadOnlyList<string> (_) => ["1"]),
            ExtraConfigJson = new JsonObject(fields.Select(f => KeyValuePair.Create<string, JsonNode?>(f, 1))).ToJsonString(),
        };

        KubeletExtras extras = KubeletExtras.Judge(settings);

        string[] passed = [.. extras.Arguments.Select(a => a[2..].Split('=')[0])];
        Assert.Equal(KubeletFlags.Known.Of(minor).Except(KubeletConfig.ProtectedArguments), passed);
        Assert.Empty(extras.Fields.Select(f => f.Key).Except(KubeletFields.Known.Of(minor)));
        Assert.DoesNotContain(extras.Fields, f => KubeletConfig.Protected.Contains(f.Key));
        Assert.All(flags.Except(passed), f => Assert.Contains(extras.Remarks, r => r.StartsWith($"extraArgs.{f} left out: ", StringComparison.Ordinal)));
        Assert.All(fields.Except(extras.Fields.Select(f => f.Key)), f =>
            Assert.Contains(extras.Remarks, r => r.StartsWith($"extraConfig.{f} left out: ", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_newer_version_is_set_up_like_the_newest_known_with_a_remark()
    {
        KubeletSettings newer = Settings(38) with { ExtraArgs = Args("pod-infra-container-image", "x") };

        KubeletExtras extras = KubeletExtras.Judge(newer);

        Assert.Empty(extras.Arguments);
        Assert.Equal(2, extras.Remarks.Count);
        Assert.Contains("kubelet 1.38.0 is newer than 1.37", extras.Remarks[0], StringComparison.Ordinal);
        Assert.Equal(KubeletConfig.Render(Settings(37)), KubeletConfig.Render(Settings(38)));
    }

    [Fact]
    public void Settings_for_a_version_between_are_passed_on_and_said_to_be_unjudged()
    {
        KubeletSettings between = Settings(25) with { ExtraArgs = Args("no-such-flag", "x"), ExtraConfigJson = """{"noSuchField":1,"readOnlyPort":10255}""" };

        KubeletExtras extras = KubeletExtras.Judge(between);

        Assert.Equal(["--no-such-flag=x"], extras.Arguments);
        Assert.Equal(["noSuchField"], extras.Fields.Select(f => f.Key));
        Assert.Contains(extras.Remarks, r => r.Contains("kubelet 1.25.0 is none of 1.20, 1.31,", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(20, "container-runtime", true)]
    [InlineData(31, "container-runtime", false)]
    [InlineData(34, "pod-infra-container-image", true)]
    [InlineData(35, "pod-infra-container-image", false)]
    [InlineData(36, "global-housekeeping-interval", true)]
    [InlineData(37, "global-housekeeping-interval", false)]
    [InlineData(20, "seccomp-default", false)]
    [InlineData(31, "seccomp-default", true)]
    public void These_flags_come_and_go(int minor, string flag, bool has) => Assert.Equal(has, KubeletFlags.Known.Has(flag, minor));

    [Theory]
    [InlineData(35, true)]
    [InlineData(36, false)]
    public void A_field_without_effect_is_neither_set_nor_passed_on(int minor, bool effective)
    {
        KubeletSettings settings = Settings(minor) with { ExtraConfigJson = """{"streamingConnectionIdleTimeout":"1h"}""" };

        Assert.Equal(effective, JsonNode.Parse(KubeletConfig.Render(settings))!.AsObject().ContainsKey("streamingConnectionIdleTimeout"));
        Assert.Equal(effective ? 0 : 1, KubeletExtras.Judge(settings).Remarks.Count);
    }

    [Theory]
    [InlineData(20, """{"shutdownGracePeriod":"30s"}""", false)]
    [InlineData(20, """{"shutdownGracePeriod":"30s","featureGates":{"GracefulNodeShutdown":true}}""", true)]
    [InlineData(31, """{"shutdownGracePeriod":"30s"}""", true)]
    public void A_field_that_keeps_this_version_from_starting_is_left_out(int minor, string json, bool kept) =>
        Assert.Equal(kept, KubeletExtras.Judge(Settings(minor) with { ExtraConfigJson = json }).Fields.ContainsKey("shutdownGracePeriod"));

    [Fact]
    public void The_gate_may_be_an_argument()
    {
        KubeletSettings settings = Settings(20) with
        {
            ExtraConfigJson = """{"shutdownGracePeriod":"30s"}""",
            ExtraArgs = Args("feature-gates", "A=false,GracefulNodeShutdown=true"),
        };

        Assert.Empty(KubeletExtras.Judge(settings).Remarks);
    }

    [Theory]
    [InlineData("read_only_port")]
    [InlineData("anonymous_auth")]
    [InlineData("config-dir")]
    [InlineData("config_dir")]
    [InlineData("cgroup_driver")]
    [InlineData("client-ca-file=/x")]
    [InlineData("-config")]
    [InlineData("config\n")]
    [InlineData("")]
    public void No_spelling_gets_around_the_protected_flags(string name)
    {
        KubeletSettings settings = Settings(36) with { ExtraArgs = Args(name, "x") };

        Assert.Empty(KubeletExtras.Judge(settings).Arguments);
        Assert.Single(KubeletExtras.Judge(settings).Remarks);
    }

    [Fact]
    public void Whatever_the_name_an_argument_is_one_flag_of_this_version_or_a_remark() =>
        Gen.Select(Gen.String, Gen.String).Sample((name, value) =>
        {
            KubeletExtras extras = KubeletExtras.Judge(Settings(36) with { ExtraArgs = Args(name, value) });

            return extras.Remarks.Count == 1 ? extras.Arguments.Count == 0
                : KubeletFlags.Known.Has(extras.Arguments.Single()[2..].Split('=')[0], 36);
        });

    [Fact]
    public void Parallel_pulls_are_not_serialized() =>
        Assert.False(JsonNode.Parse(KubeletConfig.Render(Settings(36) with { ExtraConfigJson = """{"maxParallelImagePulls":3}""" }))!["serializeImagePulls"]!.GetValue<bool>());

    [Fact]
    public void Intervals_of_the_machine_config_win()
    {
        KubeletSettings settings = Settings(36) with { ExtraConfigJson = """{"syncFrequency":"1m"}""", ExtraArgs = Args("housekeeping-interval", "10s") };

        Assert.Equal("1m", JsonNode.Parse(KubeletConfig.Render(settings))!["syncFrequency"]!.GetValue<string>());
        Assert.Equal("--housekeeping-interval=10s", KubeletConfig.Arguments(settings)[^1]);
    }

    private static Dictionary<string, IReadOnlyList<string>> Args(string name, string value) => new() { [name] = [value] };

    private static KubeletSettings Settings(int minor) => new()
    {
        Version = KubeletVersion.TryParse(string.Create(CultureInfo.InvariantCulture, $"v1.{minor}.0"))!,
        Nodename = "edge-01",
        HasIpTables = true,
        DefaultSeccompProfile = true,
    };

    private static string[] Lines(string name)
    {
        using StreamReader reader = new(typeof(KubeletVersionTableTests).Assembly.GetManifestResourceStream(name)!);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];
    }
}
