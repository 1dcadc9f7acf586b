using Talos.Config;

namespace Talosctl.Tests;

public sealed class GenConfigTests : IDisposable
{
    private readonly CommandRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Three_files_are_written_for_their_owner_only()
    {
        Assert.Equal(0, await _run.Run("gen", "config", "edge", "https://10.5.0.2:6443", "-o", "./"));

        foreach (string name in new[] { "controlplane.yaml", "worker.yaml", "talosconfig" })
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_run[name]));
        }

        Assert.Equal(MachineKind.ControlPlane, ConfigReader.Parse(File.ReadAllText(_run["controlplane.yaml"])).Kind);
        Assert.Equal(MachineKind.Worker, ConfigReader.Parse(File.ReadAllText(_run["worker.yaml"])).Kind);
    }

    [Fact]
    public async Task Files_that_are_there_are_kept_unless_forced()
    {
        await _run.Run("gen", "config", "edge", "https://10.5.0.2:6443", "-o", "./");
        string before = File.ReadAllText(_run["worker.yaml"]);
        File.Delete(_run["controlplane.yaml"]);

        Assert.Equal(1, await _run.Run("gen", "config", "edge", "https://10.5.0.2:6443", "-o", "./"));
        Assert.Contains("worker.yaml exists already; use --force", _run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_run["controlplane.yaml"]));
        Assert.Equal(before, File.ReadAllText(_run["worker.yaml"]));

        Assert.Equal(0, await _run.Run("gen", "config", "edge", "https://10.5.0.2:6443", "-o", "./", "--force"));
        Assert.NotEqual(before, File.ReadAllText(_run["worker.yaml"]));
    }

    [Fact]
    public async Task The_same_secrets_give_the_same_config()
    {
        await _run.Run("gen", "secrets", "-o", "./secrets.yaml");
        await _run.Run("gen", "config", "edge", "https://10.5.0.2:6443", "--with-secrets", "./secrets.yaml", "-t", "worker", "-o", "-");
        string first = _run.Out;

        await _run.Run("gen", "config", "edge", "https://10.5.0.2:6443", "--with-secrets", "./secrets.yaml", "-t", "worker", "-o", "-");

        Assert.NotEmpty(first);
        Assert.Equal(first, _run.Out);
    }

    [Fact]
    public async Task Flags_and_patches_reach_the_config()
    {
        File.WriteAllText(_run["patch.yaml"], "machine: {network: {nameservers: [9.9.9.9]}}");

        int exit = await _run.Run(
            "gen", "config", "edge", "https://10.5.0.2:6443", "-t", "controlplane", "-o", "-", "--install-disk", "/dev/vda", "--additional-sans", "a.example.org,10.0.0.9",
            "--kubernetes-version", "v1.35.0", "--config-patch", "@" + _run["patch.yaml"], "--config-patch-control-plane",
            "[{\"op\": \"add\", \"path\": \"/machine/sysctls\", \"value\": {\"kernel.panic\": \"7\"}}]");

        Assert.Equal(0, exit);
        MachineConfiguration config = ConfigReader.Parse(_run.Out);
        Assert.Equal("/dev/vda", config.Install?.Disk);
        Assert.Equal(["a.example.org", "10.0.0.9"], config.CertSans);
        Assert.Equal("9.9.9.9", Assert.Single(config.Network.Nameservers).ToString());
        Assert.Equal("7", config.Sysctls["kernel.panic"]);
        Assert.Contains("kube-apiserver:v1.35.0", _run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.5.0.2", "is not like https://")]
    [InlineData("http://10.5.0.2:6443", "is not like https://")]
    public async Task An_endpoint_must_be_a_url(string endpoint, string reason)
    {
        Assert.Equal(1, await _run.Run("gen", "config", "edge", endpoint, "-o", "./"));
        Assert.Contains(reason, _run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_run.Folder));
    }

    [Fact]
    public async Task A_patch_that_spoils_the_config_is_refused()
    {
        Assert.Equal(1, await _run.Run("gen", "config", "edge", "https://10.5.0.2:6443", "-o", "./", "--config-patch", "machine: {netwrok: {}}"));

        Assert.Contains("machine.netwrok", _run.Error, StringComparison.Ordinal);
        Assert.Contains("did you mean 'network'?", _run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificates_are_made_step_by_step()
    {
        Assert.Equal(0, await _run.Run("gen", "ca", "--organization", "./mine"));
        Assert.Equal(0, await _run.Run("gen", "key", "--name", "./admin"));
        Assert.Equal(0, await _run.Run("gen", "csr", "--key", "./admin.key", "--roles", "os:reader", "--ip", "10.0.0.1"));
        Assert.Equal(0, await _run.Run("gen", "crt", "--ca", "./mine", "--csr", "./admin.csr", "--name", "./admin"));

        using var certificate = Talos.Pki.Certificates.Read(File.ReadAllText(_run["admin.crt"]));
        Assert.Equal([Talos.Pki.Role.Reader], Talos.Pki.Certificates.Roles(certificate));
    }
}
