using Talos.Disks.Health;
using Talos.Linux;

namespace Talos.Block.Ports;

/// <summary>What NVMe disks tell of themselves.</summary>
internal interface INvmeDisks
{
    /// <summary>The health log of the controller behind a disk.</summary>
    /// <exception cref="IOException">The disk does not answer or has no such log.</exception>
    NvmeHealthLog ReadHealth(string disk);
}

/// <summary>The disks of this machine.</summary>
internal sealed class LinuxNvmeDisks : INvmeDisks
{
    public NvmeHealthLog ReadHealth(string disk)
    {
        byte[] log = new byte[NvmeHealthLog.Size];
        int status = NvmeDevice.ReadLog($"/dev/{disk}", NvmeHealthLog.Identifier, log);
        return status == 0 ? NvmeHealthLog.Read(log) : throw new IOException($"/dev/{disk}: the controller refused its health log with status 0x{status:x}");
    }
}
