using System.CommandLine;
using Grpc.Core;
using Talos.Config;
using Talos.Ota.Bundle;
using Talos.Ota.Delta;
using Talos.Pki;
using Talosctl;
using Talosctl.Cli;
using Talosctl.Commands;
using Talosctl.Commands.Bundles;
using Talosctl.Commands.Fleet;
using Talosctl.Commands.Gen;

Host host = Host.System();
RootCommand root = new("A CLI for the machine API of Talos Edge and Talos Linux nodes")
{
    ConfigApplyCommands.Apply(),
    ConfigApplyCommands.Patch(),
    ConfigApplyCommands.Edit(),
    ConfigCommand.Create(),
    GenCommand.Create(host),
    MachineConfigCommand.Create(host),
    ValidateCommand.Create(host),
    CompletionCommand.Create(host),
    VersionCommand.Create(),
    ServiceCommands.Service(),
    LogCommands.Logs(),
    LogCommands.Dmesg(),
    EventsCommand.Create(),
    GetCommand.Create(),
    FileCommands.List(),
    FileCommands.Read(),
    FileCommands.Copy(),
    StatusCommands.Mounts(),
    StatusCommands.Memory(),
    StatusCommands.Processes(),
    StatusCommands.Stats(),
    StatusCommands.Containers(),
    StatusCommands.Disks(),
    StatusCommands.Time(),
    LifecycleCommands.Reboot(),
    LifecycleCommands.Shutdown(),
    LifecycleCommands.Reset(),
    UpgradeCommand.Create(host),
    UpdateCommands.Rollback(host),
    UpdateCommands.Slots(),
    UpdateCommands.Update(host),
    MetaCommand.Create(),
    ImageCommand.Create(),
    HealthCommand.Create(),
    BundleCommand.Create(host),
    FleetCommand.Create(host),
};
GlobalOptions.AddTo(root);

// A word that starts with @ names a patch file here, not a file of arguments.
ParseResult parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
if (UsageText.IsIncomplete(parsed))
{
    return await root.Parse([.. args, "--help"]).InvokeAsync();
}

if (parsed.Errors.Count > 0)
{
    await Console.Error.WriteLineAsync($"error: {UsageText.Problem(parsed)} (see {UsageText.Path(parsed)} --help)");
    return 2;
}

try
{
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (ConfigException e)
{
    foreach (ConfigProblem problem in e.Problems)
    {
        await Console.Error.WriteLineAsync($"error: {problem}");
    }

    return 1;
}
catch (Exception e) when (e is TalosctlException or PkiException or BundleException or DeltaException or RpcException or OperationCanceledException or IOException or UnauthorizedAccessException)
{
    await Console.Error.WriteLineAsync($"error: {ErrorText.Of(e)}");
    return 1;
}
