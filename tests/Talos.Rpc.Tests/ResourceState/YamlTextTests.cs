using System.Text.Json;
using CsCheck;
using Talos.Rpc.ResourceState;
using YamlDotNet.RepresentationModel;

namespace Talos.Rpc.Tests.ResourceState;

public class YamlTextTests
{
    [Theory]
    [InlineData("""{"hostname":"edge-01","domainname":""}""", "hostname: edge-01\ndomainname: \"\"\n")]
    [InlineData("""{"a":{"b":[1,2]},"c":[]}""", "a:\n    b:\n        - 1\n        - 2\nc: []\n")]
    [InlineData("""[{"name":"x","v":null},{"name":"z"}]""", "- name: x\n  v: null\n- name: z\n")]
    [InlineData("""{"text":"one\ntwo\n"}""", "text: |\n    one\n    two\n")]
    [InlineData("""{"text":"one\n\ntwo"}""", "text: |-\n    one\n\n    two\n")]
    [InlineData("{}", "{}\n")]
    [InlineData("\"plain\"", "plain\n")]
    [InlineData("true", "true\n")]
    [InlineData("""{"v":"true","w":"1.5","x":"10.0.0.1/24","u":"a: b","z":"fe80::1"}""",
        "v: \"true\"\nw: \"1.5\"\nx: 10.0.0.1/24\nu: \"a: b\"\nz: fe80::1\n")]
    public void Documents_look_as_written_by_hand(string json, string yaml)
    {
        using var document = JsonDocument.Parse(json);

        Assert.Equal(yaml, YamlText.From(document.RootElement));
    }

    [Fact]
    public void Any_string_comes_back_as_it_was_in_a_nested_place() =>
        Gen.String.Where(s => !s.Any(char.IsSurrogate) && !s.Contains('\0')).Sample(text =>
        {
            using var document = JsonDocument.Parse($$"""{"a":[{"b":{{JsonSerializer.Serialize(text)}} }],"last":1}""");
            YamlStream stream = [];
            using StringReader reader = new(YamlText.From(document.RootElement));

            stream.Load(reader);

            YamlMappingNode root = (YamlMappingNode)stream.Documents[0].RootNode;
            YamlMappingNode item = (YamlMappingNode)((YamlSequenceNode)root.Children["a"]).Children[0];
            Assert.Equal(text, ((YamlScalarNode)item.Children["b"]).Value);
            Assert.Equal("1", ((YamlScalarNode)root.Children["last"]).Value);
        }, iter: 2000);

    [Theory]
    [InlineData("null"), InlineData("Yes"), InlineData("0x1f"), InlineData("1e3"), InlineData("12:30:45"), InlineData("2026-01-02"), InlineData("~"), InlineData(".inf"), InlineData("-1"), InlineData("+1")]
    public void What_would_be_read_as_another_type_is_quoted(string text)
    {
        using var document = JsonDocument.Parse(JsonSerializer.Serialize(text));

        Assert.Equal($"\"{text}\"\n", YamlText.From(document.RootElement));
    }
}
