using System.CommandLine;
using Grpc.Core;
using Talosctl.Cli;
using Talosctl.Commands;

RootCommand root = new("A CLI for the machine API of Talos Edge and Talos Linux nodes")
{
    ConfigApplyCommands.Apply(),
    ConfigApplyCommands.Patch(),
    ConfigApplyCommands.Edit(),
    ConfigCommand.Create(),
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
    MetaCommand.Create(),
    ImageCommand.Create(),
    HealthCommand.Create(),
};
GlobalOptions.AddTo(root);

try
{
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception e) when (e is TalosctlException or RpcException or OperationCanceledException or IOException or UnauthorizedAccessException)
{
    await Console.Error.WriteLineAsync($"error: {ErrorText.Of(e)}");
    return 1;
}
