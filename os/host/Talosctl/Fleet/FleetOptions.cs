using System.CommandLine;
using Talosctl.Cli;

namespace Talosctl.Fleet;

/// <summary>Flags that every command about the fleet understands.</summary>
internal static class FleetOptions
{
    public static Option<string?> Hub { get; } = new("--hub") { Description = "Address of the hub, such as https://hub.example:8443; else TALOS_HUB, else the context", Recursive = true };

    public static Option<string?> Ca { get; } = new("--hub-ca") { Description = "File with the CA of the hub in PEM; else TALOS_HUB_CA", Recursive = true };

    public static Option<string?> Certificate { get; } = new("--hub-certificate") { Description = "File with a client certificate and its key in PEM; else TALOS_HUB_CERTIFICATE", Recursive = true };

    public static Option<string?> Token { get; } = new("--hub-token") { Description = "Bearer token of the hub's OIDC provider; else TALOS_HUB_TOKEN", Recursive = true };

    public static Option<string?> Config { get; } = new("--fleet-config") { Description = "File of contexts; else TALOS_FLEET_CONFIG, ~/.talos/fleet.yaml", Recursive = true };

    public static void AddTo(Command command)
    {
        command.Options.Add(Hub);
        command.Options.Add(Ca);
        command.Options.Add(Certificate);
        command.Options.Add(Token);
        command.Options.Add(Config);
    }

    public static Option<string> Output()
    {
        Option<string> output = new("--output", "-o") { Description = "table, json or yaml", DefaultValueFactory = _ => "table" };
        output.AcceptOnlyFromAmong("table", "json", "yaml");
        return output;
    }

    public static Option<string[]> Many(string name, string description) => new(name) { Description = description, DefaultValueFactory = _ => [] };

    /// <summary>Reads <c>KEY=VALUE</c>, several by commas or by repeating the flag.</summary>
    public static IReadOnlyDictionary<string, string> Labels(IReadOnlyList<string> texts)
    {
        SortedDictionary<string, string> labels = new(StringComparer.Ordinal);
        foreach (string text in texts)
        {
            labels[text.Split('=', 2) is [{ Length: > 0 } key, _] ? key : throw new TalosctlException($"label \"{text}\": is not KEY=VALUE")] = text.Split('=', 2)[1];
        }

        return labels;
    }
}
