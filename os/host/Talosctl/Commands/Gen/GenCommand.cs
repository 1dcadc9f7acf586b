using System.CommandLine;

namespace Talosctl.Commands.Gen;

/// <summary><c>gen</c>: makes keys, certificates, secrets and configs.</summary>
internal static class GenCommand
{
    public static Command Create(Host host)
    {
        Option<bool> force = new("--force", "-f") { Description = "Replace files that are there", Recursive = true };
        Command command = new("gen", "Make authorities, certificates, keys, secrets and machine configs")
        {
            GenCaCommand.Create(host, force),
            GenConfigCommand.Create(host, "config", force),
            GenCrtCommand.Create(host, force),
            GenCsrCommand.Create(host, force),
            GenKeyCommand.Create(host, force),
            GenKeypairCommand.Create(host, force),
            GenSecretsCommand.Create(host, force),
        };
        command.Options.Add(force);
        return command;
    }
}
