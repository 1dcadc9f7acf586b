using System.CommandLine;
using System.CommandLine.Parsing;
using Talos.Config;

namespace Talosctl.Cli;

/// <summary>Says what is wrong with a command line.</summary>
internal static class UsageText
{
    /// <summary>True when a group of commands was named and none of them.</summary>
    public static bool IsIncomplete(ParseResult parsed) =>
        parsed.Errors.Count > 0 && parsed.UnmatchedTokens.Count == 0
        && parsed.CommandResult.Command is { Subcommands.Count: > 0, Action: null };

    /// <summary>The first thing that is wrong, with the closest known name where a name is not known.</summary>
    public static string Problem(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens is not [string unknown, ..])
        {
            return parsed.Errors[0].Message.TrimEnd('.');
        }

        Command command = parsed.CommandResult.Command;
        IEnumerable<string> known = unknown.StartsWith('-') ? command.Options.Select(o => o.Name) : command.Subcommands.Select(c => c.Name);
        return $"unknown command or argument '{unknown}'{Suggestion.For(unknown, known)}";
    }

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
