using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Talosctl.Client;

namespace Talosctl.Commands;

/// <summary><c>version</c>: ours and the nodes'.</summary>
internal static class VersionCommand
{
    public static Command Create()
    {
        Option<bool> clientOnly = new("--client") { Description = "Print the version of talosctl only" };
        Option<bool> shortForm = new("--short") { Description = "Print the tags only" };
        Option<bool> insecure = NodeCommand.Insecure();
        Option<string[]> fingerprints = NodeCommand.Fingerprints();
        Command command = new("version", "Print the version of talosctl and of the nodes") { clientOnly, shortForm, insecure, fingerprints };
        command.SetAction(async (parsed, ct) =>
        {
            Console.WriteLine("Client:");
            Print(ClientVersion.Tag, parsed.GetValue(shortForm), []);
            return parsed.GetValue(clientOnly)
                ? 0
                : await NodeCommand.RunAsync(parsed, parsed.GetValue(insecure), parsed.GetValue(fingerprints)!, ct, async node =>
                {
                    foreach (Talos.Api.Machine.Version version in (await node.Machine.VersionAsync(new Empty(), node.Headers, cancellationToken: ct)).Messages)
                    {
                        Console.WriteLine("Server:");
                        Print(version.Version_.Tag, parsed.GetValue(shortForm),
                        [
                            ("NODE", node.Name), ("SHA", version.Version_.Sha), ("Built", version.Version_.Built),
                            ("OS/Arch", $"{version.Version_.Os}/{version.Version_.Arch}"), ("Platform", version.Platform?.Name ?? ""),
                            ("Enabled", version.Features?.Rbac == true ? "RBAC" : ""),
                        ]);
                    }
                });
        });
        return command;
    }

    private static void Print(string tag, bool shortForm, IEnumerable<(string Name, string Value)> more)
    {
        Console.WriteLine($"\t{"Tag:",-13}{tag}");
        foreach ((string name, string value) in shortForm ? [] : more)
        {
            Console.WriteLine($"\t{name + ":",-13}{value}");
        }
    }
}

/// <summary>The version of this program: the release of the API it speaks.</summary>
internal static class ClientVersion
{
    public const string Tag = "v1.13.0";
}
