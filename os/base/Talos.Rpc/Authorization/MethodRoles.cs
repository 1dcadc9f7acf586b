using Talos.Pki;

namespace Talos.Rpc.Authorization;

/// <summary>Which roles may call which method. A method that is absent is for <see cref="Role.Admin"/> alone.</summary>
/// <remarks>
/// <see cref="Role.Reader"/> on ApplyConfiguration, Install, BlockDeviceWipe and the LVM and MD methods counts only while the
/// node has no config: see <see cref="AllowedFor(string, Admission)"/>.
/// </remarks>
internal static class MethodRoles
{
    private static readonly string[] AdminOnly = [Role.Admin.Name];
    private static readonly string[] Readers = [Role.Admin.Name, Role.Operator.Name, Role.Reader.Name];
    private static readonly string[] Operators = [Role.Admin.Name, Role.Operator.Name];
    private static readonly string[] ImageVerifiers = [Role.Admin.Name, Role.ImageVerifier.Name, Role.Operator.Name, Role.Reader.Name];
    private static readonly string[] MaintenanceReaders = [Role.Admin.Name, Role.Reader.Name];
    private static readonly string[] EtcdReaders = [Role.Admin.Name, Role.EtcdBackup.Name, Role.Operator.Name, Role.Reader.Name];
    private static readonly string[] EtcdBackups = [Role.Admin.Name, Role.EtcdBackup.Name, Role.Operator.Name];
    private static readonly string[] MetaWriters = [Role.Admin.Name, Role.MetaWriter.Name];

    private static readonly Dictionary<string, string[]> Table = new(StringComparer.Ordinal)
    {
        ["/cluster.ClusterService/HealthCheck"] = Readers,

        ["/inspect.InspectService/ControllerRuntimeDependencies"] = Readers,

        ["/machine.ImageService/List"] = Readers,
        ["/machine.ImageService/Pull"] = Operators,
        ["/machine.ImageService/Verify"] = ImageVerifiers,

        ["/machine.StorageService/Statfs"] = Readers,

        ["/machine.MachineService/ApplyConfiguration"] = MaintenanceReaders,
        ["/machine.MachineService/CPUInfo"] = Readers,
        ["/machine.MachineService/CPUFreqStats"] = Readers,
        ["/machine.MachineService/Containers"] = Readers,
        ["/machine.MachineService/DiskStats"] = Readers,
        ["/machine.MachineService/DiskUsage"] = Readers,
        ["/machine.MachineService/Dmesg"] = Readers,
        ["/machine.MachineService/EtcdAlarmList"] = EtcdReaders,
        ["/machine.MachineService/EtcdAlarmDisarm"] = Operators,
        ["/machine.MachineService/EtcdDefragment"] = Operators,
        ["/machine.MachineService/EtcdMemberList"] = EtcdReaders,
        ["/machine.MachineService/EtcdSnapshot"] = EtcdBackups,
        ["/machine.MachineService/EtcdStatus"] = EtcdReaders,
        ["/machine.MachineService/Events"] = Readers,
        ["/machine.MachineService/Hostname"] = Readers,
        ["/machine.MachineService/ImageList"] = Readers,
        ["/machine.MachineService/ImagePull"] = Operators,
        ["/machine.MachineService/List"] = Readers,
        ["/machine.MachineService/LoadAvg"] = Readers,
        ["/machine.MachineService/Logs"] = Readers,
        ["/machine.MachineService/LogsContainers"] = Readers,
        ["/machine.MachineService/Memory"] = Readers,
        ["/machine.MachineService/MetaWrite"] = MetaWriters,
        ["/machine.MachineService/MetaDelete"] = MetaWriters,
        ["/machine.MachineService/Mounts"] = Readers,
        ["/machine.MachineService/NetworkDeviceStats"] = Readers,
        ["/machine.MachineService/Netstat"] = Readers,
        ["/machine.MachineService/PacketCapture"] = Operators,
        ["/machine.MachineService/Processes"] = Readers,
        ["/machine.MachineService/Reboot"] = Operators,
        ["/machine.MachineService/Restart"] = Operators,
        ["/machine.MachineService/ServiceList"] = Readers,
        ["/machine.MachineService/ServiceRestart"] = Operators,
        ["/machine.MachineService/ServiceStart"] = Operators,
        ["/machine.MachineService/ServiceStop"] = Operators,
        ["/machine.MachineService/Shutdown"] = Operators,
        ["/machine.MachineService/Stats"] = Readers,
        ["/machine.MachineService/SystemStat"] = Readers,
        ["/machine.MachineService/Version"] = Readers,

        ["/cosi.resource.State/Get"] = Readers,
        ["/cosi.resource.State/List"] = Readers,
        ["/cosi.resource.State/Watch"] = Readers,

        ["/storage.StorageService/Disks"] = Readers,
        ["/storage.StorageService/BlockDeviceWipe"] = MaintenanceReaders,

        ["/machine.LVMService/LogicalVolumeRemove"] = MaintenanceReaders,
        ["/machine.LVMService/VolumeGroupRemove"] = MaintenanceReaders,
        ["/machine.LVMService/PhysicalVolumeRemove"] = MaintenanceReaders,

        ["/machine.MDService/Destroy"] = MaintenanceReaders,

        ["/machine.LifecycleService/Upgrade"] = AdminOnly,

        // A reader only brings a node without config an update.
        ["/talos.ota.v1.UpdateService/Install"] = MaintenanceReaders,
        ["/talos.ota.v1.UpdateService/Status"] = Readers,
        ["/talos.ota.v1.UpdateService/Slots"] = Readers,
        ["/talos.ota.v1.UpdateService/MarkGood"] = AdminOnly,
        ["/talos.ota.v1.UpdateService/MarkBad"] = AdminOnly,
        ["/talos.ota.v1.UpdateService/Cancel"] = AdminOnly,

        ["/time.TimeService/Time"] = Readers,
        ["/time.TimeService/TimeCheck"] = Readers,
    };

    /// <summary>Every method of the table.</summary>
    public static IEnumerable<string> All => Table.Keys;

    /// <summary>The roles that may call <paramref name="method"/>, of the form <c>/package.Service/Method</c>.</summary>
    public static IReadOnlyList<string> AllowedFor(string method) => Table.GetValueOrDefault(method, AdminOnly);

    /// <summary>The roles that may call <paramref name="method"/> in a state of the node: in maintenance a reader may do more.</summary>
    public static IReadOnlyList<string> AllowedFor(string method, Admission admission)
    {
        IReadOnlyList<string> allowed = AllowedFor(method);
        return ReferenceEquals(allowed, MaintenanceReaders) && admission is not Admission.Maintenance ? AdminOnly : allowed;
    }
}
