using System.CommandLine;
using Talos.Config;
using Talosctl.Cli;

namespace Talosctl.Commands;

/// <summary><c>validate</c>: checks a machine config without a node.</summary>
internal static class ValidateCommand
{
    public static Command Create(Host host)
    {
        Option<string> config = new("--config", "-c") { Description = "The machine config; - is standard input", Required = true };
        Option<string> mode = new("--mode", "-m") { Description = "Kind of machine: metal, cloud or container", DefaultValueFactory = _ => "metal" };
        mode.AcceptOnlyFromAmong("metal", "cloud", "container");
        Option<bool> strict = new("--strict") { Description = "Take warnings for errors" };

        Command command = new("validate", "Check a machine config") { config, mode, strict };
        command.SetAction(parsed =>
        {
            string name = parsed.GetValue(config)!;
            MachineConfiguration read = ConfigReader.Read(FileInput.Bytes(name, host)) switch
            {
                { Configuration: MachineConfiguration valid } => valid,
                { Problems: var problems } => throw new ConfigException(problems),
            };
            foreach (string warning in read.Warnings)
            {
                host.Error.WriteLine($"{(parsed.GetValue(strict) ? "error" : "warning")}: {warning}");
            }

            if (!read.IsComplete)
            {
                throw new TalosctlException($"{name}: machine.type is missing: a node would stay in maintenance with it");
            }

            if (parsed.GetValue(strict) && read.Warnings.Count > 0)
            {
                throw new TalosctlException($"{name}: {read.Warnings.Count} warnings");
            }

            host.Out.WriteLine($"{name} is valid for {parsed.GetValue(mode)} mode");
            return 0;
        });
        return command;
    }
}
