using CsCheck;

namespace Talos.Config.Tests;

public sealed class YamlFaultTests
{
    [Theory]
    [InlineData("machine:\n  type: worker\n\ttoken: x\n", 3)]
    [InlineData("machine:\n\ttype: worker\n", 2)]
    [InlineData("a: |\n  text\n  \tin it\nb:\n\tc: 1\n", 5)]
    [InlineData("machine:\n  pods: [a,\n", 2)]
    [InlineData("machine:\n  a: *b\n", 2)]
    [InlineData("machine:\n  type\n  token: x\n", 2)]
    [InlineData("version: v1alpha1\nmachine:\n  token: \"x\n", 3)]
    [InlineData("version: v1alpha1\r\nmachine:\r\n\ttype: worker\r\n", 3)]
    public void A_config_that_is_no_YAML_is_blamed_on_the_line_of_the_fault(string yaml, int line) =>
        Assert.Equal(line, ConfigReader.Read(yaml).Problems[0].Line);

    [Fact]
    public void A_tab_put_before_any_line_is_blamed_on_that_line_or_is_no_fault() => Gen.Int[0, 6].Sample(at =>
    {
        string[] lines = ["version: v1alpha1", "machine:", "  type: worker", "  network:", "    nameservers:", "      - 10.0.0.1", "  token: x"];
        lines[at] = "\t" + lines[at];

        Assert.All(
            ConfigReader.Read(string.Join('\n', lines)).Problems.Where(p => p.Message.Contains("tab", StringComparison.Ordinal)),
            problem => Assert.Equal(at + 1, problem.Line));
    });
}
