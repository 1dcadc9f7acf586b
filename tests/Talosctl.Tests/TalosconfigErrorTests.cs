using Talosctl.Cli;
using Talosctl.Configuration;

namespace Talosctl.Tests;

/// <summary>A client configuration that is not YAML is blamed on the line of the fault.</summary>
public sealed class TalosconfigErrorTests
{
    public static TheoryData<string, string, int> Faults => new()
    {
        { "a tab as indentation", "context: a\ncontexts:\n\ta:\n    endpoints: []\n", 3 },
        { "a tab as indentation deep inside", "context: a\ncontexts:\n  a:\n    endpoints:\n\t- 10.0.0.1\n", 5 },
        { "a tab after blanks", "context: a\ncontexts:\n  a:\n  \tendpoints: []\n", 4 },
        { "a tab before a list item", "context: a\ncontexts:\n  a:\n    nodes:\n    - 10.0.0.1\n\t  - 10.0.0.2\n", 6 },
        { "a quote that is not closed", "context: a\ncontexts:\n  a:\n    ca: \"abc\n    crt: x\n", 4 },
        { "a single quote that is not closed", "context: a\ncontexts:\n  a:\n    ca: 'abc\n", 4 },
        { "a bracket that is not closed", "context: a\ncontexts:\n  a:\n    nodes: [10.0.0.1\n    ca: x\n", 4 },
        { "a brace that is not closed", "context: a\ncontexts: {a: {nodes: []}\n", 2 },
        { "a bracket that closes nothing", "context: a\ncontexts:\n  a:\n    nodes: ]\n", 4 },
        { "an escape that is none", "context: a\ncontexts:\n  a:\n    ca: \"a\\qb\"\n", 4 },
        { "a key given twice", "context: a\ncontexts:\n  a:\n    ca: x\n    crt: y\n    ca: z\n", 6 },
        { "a context given twice", "context: a\ncontexts:\n  a: {}\n  b: {}\n  a: {}\n", 5 },
        { "an alias without an anchor", "context: a\ncontexts:\n  a: *nothing\n", 3 },
        { "a colon in a plain text", "context: a\ncontexts:\n  a:\n    ca: x: y\n", 4 },
        { "less indentation than the key before", "context: a\ncontexts:\n    a:\n      ca: x\n   b:\n      ca: y\n", 5 },
        { "a key without a colon", "context: a\ncontexts:\n  a:\n    ca x\n    crt: y\n", 4 },
        { "a reserved character", "context: a\ncontexts:\n  a:\n    ca: @x\n", 4 },
        { "a percent sign", "context: a\ncontexts:\n  a:\n    ca: %x\n", 4 },
        { "a backquote", "context: a\ncontexts:\n  a:\n    ca: `x`\n", 4 },
        { "text after a quote", "context: a\ncontexts:\n  a:\n    ca: \"x\" y\n", 4 },
        { "a list item in a mapping", "context: a\ncontexts:\n  a:\n    ca: x\n  - b\n", 5 },
        { "a tag that is not finished", "context: a\ncontexts:\n  a:\n    ca: !<x y\n", 4 },
        { "a tab behind tabs that are allowed", "context: a # \t\n#\t\ncontexts:\n  a:\n    ca:\tx\n\t\n\tb: {}\n", 7 },
        { "a bracket that is not closed before more", "context: a\ncontexts:\n  a:\n    nodes: [\n      10.0.0.1,\n    crt: y\n", 4 },
        { "a list where a mapping is required", "context: a\ncontexts:\n  a:\n    - x\n", 4 },
        { "a mapping where a list is required", "context: a\ncontexts:\n  a:\n    endpoints: {x: y}\n", 4 },
        { "a mapping as item", "context: a\ncontexts:\n  a:\n    endpoints:\n    - 10.0.0.1\n    - {x: y}\n", 6 },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void The_line_of_the_fault_is_named(string what, string yaml, int line)
    {
        string message = Assert.Throws<TalosctlException>(() => TalosconfigYaml.Read(yaml, "file")).Message;

        Assert.True(message.StartsWith($"file: line {line}: ", StringComparison.Ordinal), $"{what}: {message}");
    }
}
