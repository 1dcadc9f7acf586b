using Talosctl.Cli;
using Talosctl.Configuration;

namespace Talosctl.Tests;

public sealed class TalosconfigTests
{
    private const string Text = """
        context: a
        contexts:
          a:
            endpoints:
            - 10.0.0.1
            nodes:
            - 10.0.0.2
            auth:
              siderov1:
                identity: me
          b:
            endpoints: []
            cluster: west

        """;

    [Fact]
    public void A_configuration_comes_back_as_it_was_with_fields_that_are_not_used()
    {
        Talosconfig config = TalosconfigYaml.Read(Text, "test");

        Assert.Equal("a", config.Context);
        Assert.Equal(["10.0.0.2"], config.Selected(null).Nodes);
        Assert.Equal("west", config.Selected("b").Cluster);
        Assert.Equal(Text, TalosconfigYaml.Write(config));
    }

    [Fact]
    public void Merging_renames_what_is_there_and_takes_over_the_context_in_use()
    {
        Talosconfig config = TalosconfigYaml.Read(Text, "test");

        (Talosconfig merged, IReadOnlyList<(string From, string To)> renamed) = config.Merge(config);

        Assert.Equal(["a", "a-1", "b", "b-1"], merged.Contexts.Keys);
        Assert.Equal([("a", "a-1"), ("b", "b-1")], renamed);
        Assert.Equal("a-1", merged.Context);
    }

    [Theory]
    [InlineData("contexts: [", "line 1")]
    [InlineData("contexts: [a]", "contexts: a mapping is wanted")]
    [InlineData("contexts: {a: {endpoints: x}}", "contexts.a.endpoints: a list is wanted")]
    public void A_broken_configuration_is_refused(string yaml, string reason) =>
        Assert.Contains(reason, Assert.Throws<TalosctlException>(() => TalosconfigYaml.Read(yaml, "file")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("10.0.0.1", true)]
    [InlineData("10.0.0.1:50000", true)]
    [InlineData("https://node.example.org:443", true)]
    [InlineData("fd00::1", true)]
    [InlineData("[fd00::1]:50000", true)]
    [InlineData("192.168.001.010", false)]
    [InlineData("192.168.001.010:50000", false)]
    [InlineData("https://192.168.001.010", false)]
    [InlineData("10.0.0x10.1", false)]
    [InlineData("10.1", false)]
    [InlineData("[::ffff:10.0.0.010]:50000", false)]
    public void A_node_or_endpoint_that_programs_read_differently_is_refused(string host, bool taken)
    {
        Exception? refusal = Record.Exception(() => Client.ApiConnection.CheckHosts("node", ["10.0.0.2", host]));

        Assert.Equal(taken, refusal is null);
        Assert.True(taken || refusal!.Message.StartsWith($"node \"{host}\" is neither", StringComparison.Ordinal));
    }

    [Fact]
    public void A_context_that_is_not_there_is_named_with_those_that_are() =>
        Assert.Contains(
            "known are a, b", Assert.Throws<TalosctlException>(() => TalosconfigYaml.Read(Text, "test").Selected("c")).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_generated_client_configuration_is_read()
    {
        using CommandRun run = new();
        await run.Run("gen", "config", "edge", "https://10.5.0.2:6443", "-t", "talosconfig", "-o", "./talosconfig");

        Talosconfig config = TalosconfigYaml.Read(File.ReadAllText(run["talosconfig"]), "test");

        using var certificate = config.Selected(null).ClientPair().ToX509Certificate();
        Assert.Equal([Talos.Pki.Role.Admin], Talos.Pki.Certificates.Roles(certificate));
    }
}
