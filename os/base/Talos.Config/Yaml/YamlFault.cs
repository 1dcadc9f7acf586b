using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Core.Tokens;

namespace Talos.Config;

/// <summary>Finds the line of a fault in a YAML text: the parser names the start of the file, or the end of it, for several kinds.</summary>
/// <param name="Line">Line from 1; 0 when it is not known.</param>
/// <param name="Message">What is wrong.</param>
public sealed record YamlFault(int Line, string Message)
{
    /// <summary>On some broken texts the parser goes on for ever without a step ahead; in good ones it closes some levels at one place.</summary>
    private const int MostStepsAtOnePlace = 1000;

    /// <summary>Whether an exception is the parser's: its own kind, or a slip on texts that break off or are out of order.</summary>
    public static bool IsParsers(Exception e) => e is YamlException or InvalidOperationException or ArgumentException;

    /// <summary>Line and words for an exception that <see cref="IsParsers"/>.</summary>
    public static YamlFault Find(string text, Exception e)
    {
        if (e is not YamlException yaml)
        {
            return new YamlFault(
                OpenBracket(text) ?? LastEvent(text).Line, "a bracket in an unquoted text, or what follows breaks off or is out of order");
        }

        string message = (e.InnerException ?? e).Message.TrimEnd('.');
        int line = (int)yaml.Start.Line;
        bool isNowhere = yaml.Start.Index == 0;
        if (Says("tab"))
        {
            int from = Math.Max((int)yaml.End.Line, LastEvent(text).Line);
            return new YamlFault(TabbedLine(text, from) ?? line, "a tab as indentation; YAML takes blanks only");
        }

        if (Says("flow mapping") || Says("flow sequence") || line > text.AsSpan().TrimEnd().Count('\n') + 1)
        {
            return new YamlFault(OpenBracket(text) ?? line, message);
        }

        if (isNowhere && Says("anchor"))
        {
            return new YamlFault(LastEvent(text).UnknownAlias ?? line, message);
        }

        // The text on the line before goes on here, so its colon is missing.
        return Says("multiline plain scalar") ? new YamlFault(LineBefore(text, line), message) : new YamlFault(line, message);

        bool Says(string words) => message.Contains(words, StringComparison.OrdinalIgnoreCase);
    }

    private static int? TabbedLine(string text, int from)
    {
        int number = 0;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            number++;
            ReadOnlySpan<char> content = line.TrimStart();
            if (number >= from && !content.IsEmpty && content[0] != '#' && line[..^content.Length].Contains('\t'))
            {
                return number;
            }
        }

        return null;
    }

    private static int LineBefore(string text, int line)
    {
        string[] lines = text.Split('\n');
        int before = Math.Min(line, lines.Length) - 1;
        while (before > 1 && lines[before - 1].AsSpan().Trim().IsEmpty)
        {
            before--;
        }

        return Math.Max(before, 1);
    }

    /// <summary>The line of the innermost bracket that is open where the text can be read no further; null when none is.</summary>
    private static int? OpenBracket(string text)
    {
        Stack<int> open = [];
        Scanner scanner = new(new StringReader(text), skipComments: true);
        try
        {
            (long Place, int Steps) at = (-1, 0);
            while (at.Steps < MostStepsAtOnePlace && scanner.MoveNext() && scanner.Current is { } token)
            {
                at = token.End.Index > at.Place ? (token.End.Index, 0) : (at.Place, at.Steps + 1);
                switch (token)
                {
                    case FlowSequenceStart or FlowMappingStart:
                        open.Push((int)token.Start.Line);
                        break;
                    case FlowSequenceEnd or FlowMappingEnd when open.Count > 0:
                        open.Pop();
                        break;
                }
            }
        }
        catch (Exception e) when (IsParsers(e))
        {
            // As far as it can be read.
        }

        return open.Count > 0 ? open.Peek() : null;
    }

    /// <summary>Where the parser comes to, and the line of the first alias whose anchor is not there.</summary>
    private static (int Line, int? UnknownAlias) LastEvent(string text)
    {
        int line = 0;
        int? unknown = null;
        HashSet<string> anchors = new(StringComparer.Ordinal);
        Parser parser = new(new Scanner(new StringReader(text), skipComments: true));
        try
        {
            (long Place, int Steps) at = (-1, 0);
            while (at.Steps < MostStepsAtOnePlace && parser.MoveNext() && parser.Current is { } current)
            {
                at = current.End.Index > at.Place ? (current.End.Index, 0) : (at.Place, at.Steps + 1);
                line = (int)current.End.Line;
                if (current is NodeEvent { Anchor.IsEmpty: false } node)
                {
                    anchors.Add(node.Anchor.Value);
                }
                else if (current is YamlDotNet.Core.Events.AnchorAlias alias && !anchors.Contains(alias.Value.Value))
                {
                    unknown ??= (int)alias.Start.Line;
                }
            }
        }
        catch (Exception e) when (IsParsers(e))
        {
            // As far as it can be read.
        }

        return (line, unknown);
    }
}
