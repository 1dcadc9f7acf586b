namespace Talos.Apid.Routing;

/// <summary>Methods of the joining services that answer with a stream; the others answer once.</summary>
/// <remarks>A list instead of the descriptors, which would be parsed and kept in memory for this alone; a test compares both.</remarks>
internal static class StreamingMethods
{
    private static readonly HashSet<string> Methods = new(StringComparer.Ordinal)
    {
        "/cluster.ClusterService/HealthCheck",
        "/machine.MachineService/Copy",
        "/machine.MachineService/DiskUsage",
        "/machine.MachineService/Dmesg",
        "/machine.MachineService/EtcdSnapshot",
        "/machine.MachineService/Events",
        "/machine.MachineService/ImageList",
        "/machine.MachineService/Kubeconfig",
        "/machine.MachineService/List",
        "/machine.MachineService/Logs",
        "/machine.MachineService/PacketCapture",
        "/machine.MachineService/Read",
    };

    public static bool Contains(string method) => Methods.Contains(method);
}
