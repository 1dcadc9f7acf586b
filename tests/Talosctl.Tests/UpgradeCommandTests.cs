namespace Talosctl.Tests;

public sealed class UpgradeCommandTests : IDisposable
{
    private readonly CommandRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Nothing_is_wiped_by_a_script_that_does_not_say_yes()
    {
        Assert.Equal(1, await _run.Run("upgrade", "--image", "http://hub/b", "--wipe", "-n", "10.0.0.7", "-n", "10.0.0.8"));

        Assert.Equal("upgrade --wipe of 10.0.0.7, 10.0.0.8: all containers, volumes, images and logs in /var are deleted: say --yes if it is meant\n", _run.Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("n\n")]
    [InlineData("yess\n")]
    public async Task Nothing_is_wiped_unless_a_person_agrees(string answer)
    {
        _run.IsInteractive = true;
        _run.Input = answer;

        Assert.Equal(1, await _run.Run("upgrade", "--image", "http://hub/b", "--wipe"));

        Assert.Equal("upgrade --wipe of the nodes of the context: all containers, volumes, images and logs in /var are deleted. Go on? [y/N] ", _run.Error);
    }

    [Theory]
    [InlineData("--preserve=false", "--preserve=false: an update deletes nothing unless it is told to: use --wipe")]
    [InlineData("--wipe --yes --preserve", "--wipe and --preserve: one deletes /var, the other keeps it: use one of them")]
    [InlineData("--wipe --yes -p", "--wipe and --preserve: one deletes /var, the other keeps it: use one of them")]
    public async Task What_earlier_versions_said_is_answered_and_not_guessed_at(string flags, string message)
    {
        Assert.Equal(1, await _run.Run(["upgrade", "--image", "http://hub/b", .. flags.Split(' ')]));

        Assert.Equal(message + "\n", _run.Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("--preserve")]
    [InlineData("--preserve=true")]
    [InlineData("--wipe --yes")]
    [InlineData("--wipe -y --preserve=false")]
    public async Task What_is_clear_goes_on_to_the_nodes(string flags)
    {
        await _run.Run(["upgrade", "--image", "http://hub/b", "--talosconfig", _run["none"], .. flags.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        Assert.Contains(_run["none"], _run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void A_node_of_an_earlier_version_hears_in_its_own_words_that_var_is_kept(bool wipe, bool preserve)
    {
        Talos.Api.Ota.InstallOptions options = Talosctl.Commands.UpgradeCommand.Options("http://hub/b", wipe, force: false, stage: false);

        Assert.Equal((wipe, preserve), (options.Wipe, options.Preserve));
    }
}
