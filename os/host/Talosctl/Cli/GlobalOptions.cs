using System.CommandLine;

namespace Talosctl.Cli;

/// <summary>Flags that every command understands.</summary>
internal static class GlobalOptions
{
    public static Option<string?> Talosconfig { get; } = new("--talosconfig")
    {
        Description = "Path of the client configuration; else TALOSCONFIG, ~/.talos/config, /var/run/secrets/talos.dev/config",
        Recursive = true,
    };

    public static Option<string?> Context { get; } = new("--context") { Description = "Context to use", Recursive = true };

    public static Option<string?> Cluster { get; } = new("--cluster") { Description = "Cluster to connect to through a proxy endpoint", Recursive = true };

    public static Option<string[]> Nodes { get; } = new("--nodes", "-n")
    {
        Description = "Nodes to ask; several with commas or by repeating the flag",
        Recursive = true,
        AllowMultipleArgumentsPerToken = false,
        DefaultValueFactory = _ => [],
    };

    public static Option<string[]> Endpoints { get; } = new("--endpoints", "-e")
    {
        Description = "Endpoints to connect to instead of those of the context",
        Recursive = true,
        AllowMultipleArgumentsPerToken = false,
        DefaultValueFactory = _ => [],
    };

    public static void AddTo(Command root)
    {
        root.Options.Add(Talosconfig);
        root.Options.Add(Context);
        root.Options.Add(Cluster);
        root.Options.Add(Nodes);
        root.Options.Add(Endpoints);
    }

    /// <summary>The values of a flag that takes lists: commas part them, blanks around them are dropped.</summary>
    public static IReadOnlyList<string> List(this ParseResult parsed, Option<string[]> option) =>
        [.. (parsed.GetValue(option) ?? []).SelectMany(v => v.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
}
