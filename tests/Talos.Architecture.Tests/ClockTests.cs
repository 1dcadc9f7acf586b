using System.Text.RegularExpressions;

namespace Talos.Architecture.Tests;

/// <summary>Whatever waits counts by the clock that does not jump. Each use of the wall clock is listed here with its reason.</summary>
public sealed partial class ClockTests
{
    private const string Clock = "it is the clock of the node itself, or what corrects it";
    private const string Stamp = "stamps what happened, for people, the log and the hub; nothing waits for it";
    private const string Validity = "certificates, bundles, orders and windows are valid between dates";
    private const string Stored = "a date that another program, another hub or a later start reads";
    private const string Tool = "a tool that a person runs for a moment";

    private static readonly string[] Product = ["firmware", "boards", "os", "ota", "fleet-agent"];

    /// <summary>File, uses, reason. A new use is first looked at: does anything wait for it? Then GetTimestamp and GetElapsedTime.</summary>
    private static readonly (string File, int Uses, string Reason)[] Allowed =
    [
        ("firmware/Talos.Imager/Commands/LockUpdate.cs", 1, Tool),
        ("fleet-agent/Talos.Fleet.Agent/Events/EventRecorder.cs", 2, Stamp),
        ("fleet-agent/Talos.Fleet.Agent/Node/MachinedNode.cs", 1, Stamp),
        ("fleet-agent/Talos.Fleet.Agent/Running/AgentState.cs", 1, Validity),
        ("fleet-agent/Talos.Fleet.Agent/Running/Connector.cs", 1, Stamp),
        ("fleet-agent/Talos.Fleet.Agent/Running/FleetAgent.cs", 2, Stamp),
        ("fleet-agent/Talos.Fleet.Agent/Running/OrderDesk.cs", 2, Stamp),
        ("fleet-agent/Talos.Fleet.Agent/Running/Sender.cs", 2, Stamp),
        ("fleet-agent/Talos.Fleet.Agent/Running/Worker.cs", 2, Stamp),
        ("fleet-agent/Talos.Fleet.Agent/Telemetry/Meter.cs", 1, Stamp),
        ("fleet-agent/Talos.Fleet.Hub/Housekeeping.cs", 1, Stored),
        ("fleet-agent/Talos.Fleet.Hub/Identity/Enrollment.cs", 7, Validity),
        ("fleet-agent/Talos.Fleet.Hub/Identity/Sessions.cs", 3, Validity),
        ("fleet-agent/Talos.Fleet.Hub/Identity/TokenService.cs", 2, Validity),
        ("fleet-agent/Talos.Fleet.Hub/Interop/FleetWatch.cs", 1, Stored),
        ("fleet-agent/Talos.Fleet.Hub/Interop/InstallOrders.cs", 1, Stored),
        ("fleet-agent/Talos.Fleet.Hub/Interop/SparkplugPublisher.cs", 1, Stored),
        ("fleet-agent/Talos.Fleet.Hub/Messaging/EmbeddedBroker.cs", 2, Validity),
        ("fleet-agent/Talos.Fleet.Hub/Messaging/Ingest.cs", 2, Stamp),
        ("fleet-agent/Talos.Fleet.Hub/Orders/CommandService.cs", 1, Stored),
        ("fleet-agent/Talos.Fleet.Hub/Orders/Leader.cs", 1, Stored),
        ("fleet-agent/Talos.Fleet.Hub/Orders/OutboxSender.cs", 1, Stored),
        ("fleet-agent/Talos.Fleet.Hub/Orders/RolloutService.cs", 3, Stored),
        ("fleet-agent/Talos.Fleet.Hub/Pages/FleetPages.cs", 2, Stamp),
        ("fleet-agent/Talos.Fleet.Hub/Program.cs", 1, Validity),
        ("fleet-agent/Talos.Fleet.Hub/Rest/Access.cs", 2, Validity),
        ("fleet-agent/Talos.Fleet.Hub/Rest/BundleRoutes.cs", 3, Stamp),
        ("fleet-agent/Talos.Fleet.Hub/Rest/FleetRoutes.cs", 1, Stamp),
        ("fleet-agent/Talos.Fleet.Hub/Rest/NodeRoutes.cs", 3, Stamp),
        ("fleet-agent/Talos.Fleet.Hub/Rest/RolloutRoutes.cs", 1, Stamp),
        ("fleet-agent/Talos.Fleet.Hub/Webhooks.cs", 3, Stored),
        ("os/base/Talos.Config/Reading/ModelReader.cs", 1, Clock),
        ("os/base/Talos.Cosi/InMemoryState.cs", 2, Stamp),
        ("os/base/Talos.Pki/CertificateAuthority.cs", 2, Validity),
        ("os/base/Talos.Rpc/ResourceState/ResourceCatalog.cs", 1, Clock),
        ("os/base/Talos.Rpc/Tls/ClientTls.cs", 1, Validity),
        ("os/base/Talos.Rpc/Tls/ServerTls.cs", 1, Validity),
        ("os/base/Talos.Services/ServiceManager.cs", 1, Stamp),
        ("os/base/Talos.Services/ServiceRunner.cs", 3, Stamp),
        ("os/capabilities/Talos.Containers/Ports/ContainerdImageStore.cs", 1, Stored),
        ("os/capabilities/Talos.Kubernetes/Ports/KubeletIdentity.cs", 1, Validity),
        ("os/capabilities/Talos.Secrets/Controllers/ApiCertificateController.cs", 4, Validity),
        ("os/capabilities/Talos.Secrets/Rules/FloorClock.cs", 2, Clock),
        ("os/capabilities/Talos.Time/Ports/IClock.cs", 1, Clock),
        ("os/daemons/Talos.Apid/Hosting/MemberCheck.cs", 2, Validity),
        ("os/daemons/Talos.Machined/Api/MachineApi.Events.cs", 1, Stamp),
        ("os/daemons/Talos.Machined/Events/EventLog.cs", 2, Stamp),
        ("os/daemons/Talos.Machined/Events/XidSource.cs", 1, Stamp),
        ("os/daemons/Talos.Machined/Logging/KmsgLoggerProvider.cs", 1, Stamp),
        ("os/daemons/Talos.Machined/Updates/UpdateEngineFactory.cs", 1, Validity),
        ("os/host/Talosctl/Client/ActionTracker.cs", 1, Tool),
        ("os/host/Talosctl/Commands/Bundles/BundleCreateCommand.cs", 1, Tool),
        ("os/host/Talosctl/Commands/Bundles/BundleKeySetCommand.cs", 1, Tool),
        ("os/host/Talosctl/Commands/Bundles/BundleVerifyCommand.cs", 1, Tool),
        ("os/host/Talosctl/Commands/Fleet/FleetCommand.cs", 1, Tool),
        ("os/host/Talosctl/Commands/ServiceCommands.cs", 1, Tool),
        ("os/host/Talosctl/Commands/UpgradeCommand.cs", 1, Tool),
        ("ota/Talos.Ota.Engine/UpdateEngine.cs", 1, Stamp),
    ];

    [Fact]
    public void The_wall_clock_is_read_only_where_a_date_is_meant()
    {
        Dictionary<string, int> allowed = Allowed.ToDictionary(a => a.File, a => a.Uses);

        Assert.Empty(
            from folder in Product
            from file in Repository.Files(folder, "*.cs")
            let uses = Repository.Read(file).Split('\n').Count(line => WallClock().IsMatch(line) && !line.TrimStart().StartsWith("//", StringComparison.Ordinal))
            where uses > allowed.GetValueOrDefault(file)
            select $"{file}: {uses} lines read the wall clock, {allowed.GetValueOrDefault(file)} are known; waits, periods and lifetimes count by GetTimestamp and GetElapsedTime");
    }

    [Fact]
    public void The_list_names_only_files_that_read_the_wall_clock() =>
        Assert.DoesNotContain(Allowed, a => !File.Exists(Path.Combine(Repository.Root, a.File)) || !WallClock().IsMatch(Repository.Read(a.File)) || a.Reason.Length == 0);

    [GeneratedRegex(@"\b(GetUtcNow|GetLocalNow|UtcNow|TickCount|TickCount64)\b|\bDateTime(Offset)?\.(Now|Today)\b")]
    private static partial Regex WallClock();
}
