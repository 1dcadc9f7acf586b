using System.CommandLine;
using System.Diagnostics;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Talos.Api.Cosi;
using Talos.Api.Machine;
using Talos.Config;
using Talosctl.Cli;
using Talosctl.Client;
using Talosctl.Resources;

namespace Talosctl.Commands;

/// <summary><c>apply-config</c>, <c>patch</c> and <c>edit</c>: three ways to a new machine config.</summary>
internal static class ConfigApplyCommands
{
    public static Command Apply()
    {
        Argument<string?> argument = new("file") { Description = "Machine config; same as --file", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> file = new("--file", "-f") { Description = "Machine config; - for standard input" };
        Option<string[]> patches = new("--config-patch", "-p") { Description = "Patch to apply before: YAML, JSON patch, or @FILE", DefaultValueFactory = _ => [] };
        Option<bool> insecure = NodeCommand.Insecure();
        Option<string[]> fingerprints = NodeCommand.Fingerprints();
        (Option<string> mode, Option<bool> dryRun, Option<string> timeout) = ApplyOptions();
        Command command = new("apply-config", "Apply a machine config to nodes") { argument, file, patches, insecure, fingerprints, mode, dryRun, timeout };
        command.Aliases.Add("apply");
        command.SetAction(async (parsed, ct) =>
        {
            string path = parsed.GetValue(file) ?? parsed.GetValue(argument) ?? throw new TalosctlException("no machine config is named: use --file");
            string config = Patched(await ReadAsync(path, ct), parsed.GetValue(patches)!);
            return await NodeCommand.RunAsync(parsed, parsed.GetValue(insecure), parsed.GetValue(fingerprints)!, ct, node =>
                SendAsync(node, config, parsed.GetValue(mode)!, parsed.GetValue(dryRun), parsed.GetValue(timeout)!, ct));
        });
        return command;
    }

    public static Command Patch()
    {
        Argument<string> type = ConfigType();
        Argument<string?> id = ConfigId();
        Option<string[]> patches = new("--patch", "-p") { Description = "Patch: YAML, JSON patch, or @FILE", DefaultValueFactory = _ => [] };
        Option<string[]> files = new("--patch-file") { Description = "File with a patch", DefaultValueFactory = _ => [] };
        (Option<string> mode, Option<bool> dryRun, Option<string> timeout) = ApplyOptions();
        Command command = new("patch", "Patch the machine config of nodes") { type, id, patches, files, mode, dryRun, timeout };
        command.SetAction((parsed, ct) =>
        {
            string[] all = [.. parsed.GetValue(patches)!, .. parsed.GetValue(files)!.Select(f => "@" + f)];
            return all.Length == 0
                ? throw new TalosctlException("no patch is given: use --patch or --patch-file")
                : NodeCommand.RunAsync(parsed, ct, async node =>
                    await SendAsync(node, Patched(await CurrentAsync(node, ct), all), parsed.GetValue(mode)!, parsed.GetValue(dryRun), parsed.GetValue(timeout)!, ct));
        });
        return command;
    }

    public static Command Edit()
    {
        Argument<string> type = ConfigType();
        Argument<string?> id = ConfigId();
        (Option<string> mode, Option<bool> dryRun, Option<string> timeout) = ApplyOptions();
        Command command = new("edit", "Edit the machine config of nodes in $EDITOR") { type, id, mode, dryRun, timeout };
        command.SetAction((parsed, ct) => NodeCommand.RunAsync(parsed, ct, async node =>
        {
            string current = await CurrentAsync(node, ct);
            string edited = await EditedAsync(current, ct);
            if (edited.Trim() == current.Trim())
            {
                Console.WriteLine($"{node.Name}: nothing changed");
                return;
            }

            await SendAsync(node, edited, parsed.GetValue(mode)!, parsed.GetValue(dryRun), parsed.GetValue(timeout)!, ct);
        }));
        return command;
    }

    private static Argument<string> ConfigType()
    {
        Argument<string> type = new("type") { Description = "machineconfig, or mc" };
        type.AcceptOnlyFromAmong("machineconfig", "machineconfigs", "mc");
        return type;
    }

    private static Argument<string?> ConfigId() => new("id") { Description = "v1alpha1", Arity = ArgumentArity.ZeroOrOne };

    private static (Option<string> Mode, Option<bool> DryRun, Option<string> Timeout) ApplyOptions()
    {
        Option<string> mode = new("--mode", "-m") { Description = "auto, no-reboot, reboot, staged or try", DefaultValueFactory = _ => "auto" };
        mode.AcceptOnlyFromAmong("auto", "no-reboot", "reboot", "staged", "try");
        return (mode,
            new Option<bool>("--dry-run") { Description = "Check and show what would change, change nothing" },
            new Option<string>("--timeout") { Description = "With --mode try: time after which the node goes back", DefaultValueFactory = _ => "1m" });
    }

    private static async Task SendAsync(NodeClient node, string config, string mode, bool dryRun, string timeout, CancellationToken ct)
    {
        ApplyConfigurationRequest request = new()
        {
            Data = ByteString.CopyFromUtf8(config),
            DryRun = dryRun,
            Mode = mode switch
            {
                "no-reboot" => ApplyConfigurationRequest.Types.Mode.NoReboot,
                "reboot" => ApplyConfigurationRequest.Types.Mode.Reboot,
                "staged" => ApplyConfigurationRequest.Types.Mode.Staged,
                "try" => ApplyConfigurationRequest.Types.Mode.Try,
                _ => ApplyConfigurationRequest.Types.Mode.Auto,
            },
            TryModeTimeout = Duration.FromTimeSpan(Units.Duration(timeout)),
        };
        ApplyConfigurationResponse answer = await node.Machine.ApplyConfigurationAsync(request, node.Headers, cancellationToken: ct);
        foreach (ApplyConfiguration applied in answer.Messages)
        {
            foreach (string warning in applied.Warnings)
            {
                await Console.Error.WriteLineAsync($"warning: {node.Name}: {warning}");
            }

            Console.WriteLine(applied.ModeDetails.Length > 0 ? applied.ModeDetails : $"{node.Name}: applied");
        }
    }

    private static async Task<string> CurrentAsync(NodeClient node, CancellationToken ct)
    {
        GetResponse answer = await node.Resources.GetAsync(
            new GetRequest { Namespace = "config", Type = "MachineConfigs.config.talos.dev", Id = "v1alpha1" }, node.Headers, cancellationToken: ct);
        return YamlPath.Show(YamlPath.Parse(answer.Resource.Spec.YamlSpec)) is { Length: > 0 } text && answer.Resource.Spec.YamlSpec.TrimStart() is ['|' or '"' or '\'' or '>', ..]
            ? text
            : answer.Resource.Spec.YamlSpec;
    }

    private static string Patched(string config, string[] patches)
    {
        if (patches.Length == 0)
        {
            return config;
        }

        try
        {
            return ConfigPatcher.Apply(config, patches.Select(PatchText));
        }
        catch (ConfigException e)
        {
            throw new TalosctlException(e.Message);
        }
    }

    private static string PatchText(string patch)
    {
        try
        {
            return patch.StartsWith('@') ? File.ReadAllText(patch[1..]) : patch;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TalosctlException($"patch {patch}: {e.Message}");
        }
    }

    private static async Task<string> ReadAsync(string path, CancellationToken ct)
    {
        try
        {
            return path == "-" ? await Console.In.ReadToEndAsync(ct) : await File.ReadAllTextAsync(path, ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TalosctlException($"machine config {path}: {e.Message}");
        }
    }

    private static async Task<string> EditedAsync(string text, CancellationToken ct)
    {
        string folder = Directory.CreateTempSubdirectory("talosctl-").FullName;
        try
        {
            string path = Path.Combine(folder, "machineconfig.yaml");
            await File.WriteAllTextAsync(path, text, ct);
            string editor = Environment.GetEnvironmentVariable("TALOS_EDITOR") ?? Environment.GetEnvironmentVariable("EDITOR") ?? "vi";
            string[] words = editor.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            using System.Diagnostics.Process process = System.Diagnostics.Process.Start(new ProcessStartInfo(words[0], [.. words[1..], path]))
                ?? throw new TalosctlException($"editor {editor} did not start");
            await process.WaitForExitAsync(ct);
            return process.ExitCode == 0
                ? await File.ReadAllTextAsync(path, ct)
                : throw new TalosctlException($"editor {editor} ended with {process.ExitCode}; nothing was applied");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new TalosctlException($"editor did not start: {e.Message}: set EDITOR");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
