using System.CommandLine;
using Talos.Config;
using Talosctl.Commands.Gen;

namespace Talosctl.Commands;

/// <summary><c>machineconfig</c>: works on machine configs in files.</summary>
internal static class MachineConfigCommand
{
    public static Command Create(Host host)
    {
        Command command = new("machineconfig", "Work on machine configs in files") { Patch(host), GenConfigCommand.Create(host, "gen") };
        command.Aliases.Add("mc");
        return command;
    }

    private static Command Patch(Host host)
    {
        Argument<string> file = new("file") { Description = "The machine config; - is standard input" };
        Option<string[]> patch = new("--patch", "-p") { Description = "A patch, or @file; may be given several times", Required = true };
        Option<string?> output = new("--output", "-o") { Description = "Where to write (default: standard output)" };

        Command command = new("patch", "Apply patches to a machine config") { file, patch, output };
        command.SetAction(parsed =>
        {
            string patched = ConfigPatcher.Apply(FileInput.Text(parsed.GetValue(file)!, host), FileInput.Patches(parsed.GetValue(patch), host));
            ConfigReader.Parse(patched);
            if (parsed.GetValue(output) is string path)
            {
                PrivateFile.Write(path, patched, overwrite: true);
            }
            else
            {
                host.Out.Write(patched);
            }

            return 0;
        });
        return command;
    }
}
