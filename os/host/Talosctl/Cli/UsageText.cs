using System.CommandLine;
using System.CommandLine.Parsing;

namespace Talosctl.Cli;

/// <summary>Names the command that a command line meant.</summary>
internal static class UsageText
{
    /// <summary>The command with its parents, such as <c>talosctl gen config</c>.</summary>
    public static string Path(ParseResult parsed)
    {
        List<string> names = [];
        for (SymbolResult? result = parsed.CommandResult; result is CommandResult command; result = command.Parent)
        {
            names.Insert(0, command.Parent is null ? "talosctl" : command.Command.Name);
        }

        return string.Join(' ', names);
    }
}
