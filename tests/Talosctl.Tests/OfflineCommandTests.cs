namespace Talosctl.Tests;

public sealed class OfflineCommandTests : IDisposable
{
    private readonly CommandRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Validate_names_every_problem()
    {
        File.WriteAllText(_run["bad.yaml"], "version: v1alpha1\nmachine:\n  tpye: worker\n  time: {bootTimeout: soon}\n");

        Assert.Equal(1, await _run.Run("validate", "-c", "./bad.yaml", "-m", "metal"));

        Assert.Equal(
            "machine.tpye, line 3: unknown field; did you mean 'type'?\n"
            + "machine.time.bootTimeout, line 4: 'soon' is not a duration such as 30s, 5m or 1h30m\n",
            _run.Error);
    }

    [Fact]
    public async Task Machineconfig_patch_writes_the_result()
    {
        await _run.Run("gen", "config", "edge", "https://10.5.0.2:6443", "-o", "./");

        Assert.Equal(0, await _run.Run("machineconfig", "patch", "./worker.yaml", "-p", "machine: {network: {hostname: x}}"));

        Assert.Contains("        hostname: x\n", _run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _talosctl talosctl")]
    [InlineData("zsh", "compdef _talosctl talosctl")]
    [InlineData("fish", "complete -c talosctl")]
    public async Task A_completion_script_is_printed(string shell, string line)
    {
        Assert.Equal(0, await _run.Run("completion", shell));
        Assert.Contains(line, _run.Out, StringComparison.Ordinal);
    }
}
