using System.CommandLine;
using Talos.Pki;

namespace Talosctl.Commands.Gen;

/// <summary><c>gen key</c>: makes a private key.</summary>
internal static class GenKeyCommand
{
    public static Command Create(Host host, Option<bool> force)
    {
        Option<string> name = new("--name") { Description = "Name of the file, without .key", Required = true };
        Option<string> algorithm = KeyOptions.Algorithm();

        Command command = new("key", "Make a private key") { name, algorithm };
        command.SetAction(parsed =>
        {
            string path = $"{parsed.GetValue(name)}.key";
            PrivateFile.Write(path, PrivateKey.Generate(KeyOptions.Parse(parsed.GetValue(algorithm))).ToPem().Reveal(), parsed.GetValue(force));
            host.Error.WriteLine($"wrote {path}");
            return 0;
        });
        return command;
    }
}
