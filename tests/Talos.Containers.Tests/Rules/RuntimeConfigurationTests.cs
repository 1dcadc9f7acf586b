using CsCheck;
using Talos.Config;
using Talos.Containers.Rules;

namespace Talos.Containers.Tests.Rules;

public sealed class RuntimeConfigurationTests
{
    [Fact]
    public void The_configuration_names_pause_image_networks_and_registries()
    {
        string text = ContainerdConfig.Render(new ContainerdSettings());

        Assert.Contains("sandbox_image = \"localhost/pause:3.9\"", text, StringComparison.Ordinal);
        Assert.Contains("restrict_oom_score_adj = false", text, StringComparison.Ordinal);
        Assert.Contains("conf_dir = \"/etc/cni/net.d\"", text, StringComparison.Ordinal);
        Assert.Contains("config_path = \"/system/etc/cri/hosts\"", text, StringComparison.Ordinal);
        Assert.Contains("SystemdCgroup = false", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.6.20~ds1-1+b1", 1, 6)]
    [InlineData("1:2.1.9+ds1-5", 2, 1)]
    [InlineData("v2.3.0", 2, 3)]
    [InlineData("2.0.0", 2, 0)]
    [InlineData("", 1, 7)]
    [InlineData("none", 1, 7)]
    [InlineData(null, 1, 7)]
    public void A_version_of_containerd_is_read_as_packages_and_releases_write_it(string? text, int major, int minor) =>
        Assert.Equal(new ContainerdVersion(major, minor), ContainerdVersion.Parse(text));

    [Fact]
    public void Containerd_2_gets_the_same_settings_in_its_own_places()
    {
        string text = ContainerdConfig.Render(new ContainerdSettings
        {
            Version = new ContainerdVersion(2, 1),
            Registries = new Dictionary<string, RegistryAccess> { ["registry.example:5000"] = new() { Username = "edge", Password = new("p") } },
        });

        Dictionary<string, string> tables = text.Split("\n[").ToDictionary(t => t.Split(']')[0], t => t);
        Assert.Contains("version = 3\n", text, StringComparison.Ordinal);
        Assert.Contains("sandbox = \"localhost/pause:3.9\"", tables["plugins.\"io.containerd.cri.v1.images\".pinned_images"], StringComparison.Ordinal);
        Assert.Contains("image_pull_with_sync_fs = true", tables["plugins.\"io.containerd.cri.v1.images\""], StringComparison.Ordinal);
        Assert.Contains("config_path = \"/system/etc/cri/hosts\"", tables["plugins.\"io.containerd.cri.v1.images\".registry"], StringComparison.Ordinal);
        Assert.Contains("username = \"edge\"", tables["plugins.\"io.containerd.cri.v1.images\".registry.configs.\"registry.example:5000\".auth"], StringComparison.Ordinal);
        Assert.Contains("max_concurrent_downloads = 2", tables["plugins.\"io.containerd.transfer.v1.local\""], StringComparison.Ordinal);
        Assert.Contains("bin_dirs = [\"/opt/cni/bin\"]", tables["plugins.\"io.containerd.cri.v1.runtime\".cni"], StringComparison.Ordinal);
        Assert.Contains("default_runtime_name = \"runc\"", tables["plugins.\"io.containerd.cri.v1.runtime\".containerd"], StringComparison.Ordinal);
        Assert.Contains("SystemdCgroup = false", tables["plugins.\"io.containerd.cri.v1.runtime\".containerd.runtimes.runc.options"], StringComparison.Ordinal);
        Assert.Contains("disable_tcp_service = true", tables["plugins.\"io.containerd.grpc.v1.cri\""], StringComparison.Ordinal);
        Assert.DoesNotContain("sandbox_image", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Credentials_are_written_for_their_host()
    {
        string text = ContainerdConfig.Render(new ContainerdSettings
        {
            Registries = new Dictionary<string, RegistryAccess>
            {
                ["registry.example:5000"] = new() { Username = "edge", Password = new("p\"w\\") },
                ["open.example"] = new() { InsecureSkipVerify = true },
            },
        });

        Assert.Contains("[plugins.\"io.containerd.grpc.v1.cri\".registry.configs.\"registry.example:5000\".auth]", text, StringComparison.Ordinal);
        Assert.Contains("password = \"p\\\"w\\\\\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("open.example", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mirror_comes_before_the_registry_itself()
    {
        IReadOnlyDictionary<string, string> files = RegistryHosts.Render(
            new RegistriesConfiguration
            {
                Mirrors = new Dictionary<string, RegistryMirror>
                {
                    ["docker.io"] = new([new Uri("http://10.5.0.1:5000")], OverridePath: false, SkipFallback: false),
                    ["*"] = new([new Uri("https://all.example/v2/cache")], OverridePath: true, SkipFallback: true),
                },
            },
            "/hosts");

        Assert.Equal(
            """
            server = "https://registry-1.docker.io"

            [host."http://10.5.0.1:5000"]
            capabilities = ["pull", "resolve"]

            """,
            files["docker.io/hosts.toml"]);
        Assert.Equal(
            """
            server = "https://all.example/v2/cache"

            [host."https://all.example/v2/cache"]
            capabilities = ["pull", "resolve"]
            override_path = true

            """,
            files["_default/hosts.toml"]);
    }

    [Fact]
    public void The_authority_of_a_registry_is_a_file_of_its_own()
    {
        IReadOnlyDictionary<string, string> files = RegistryHosts.Render(
            new RegistriesConfiguration { Access = new Dictionary<string, RegistryAccess> { ["own.example"] = new() { CaPem = "PEM" } } },
            "/hosts");

        Assert.Equal("PEM", files["tls/own.example/ca.crt"]);
        Assert.Contains("ca = \"/hosts/tls/own.example/ca.crt\"", files["own.example/hosts.toml"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_quoted_text_never_leaves_its_quotes()
    {
        Gen.String.Sample(text =>
        {
            string quoted = Toml.Quote(text);

            Assert.DoesNotContain('\n', quoted);
            Assert.Equal(2, quoted.Replace("\\\\", "", StringComparison.Ordinal).Replace("\\\"", "", StringComparison.Ordinal).Count(c => c == '"'));
        });
    }
}
