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
        if (status != 0)
        {
            throw new IOException($"/dev/{disk}: the controller refused its health log with status 0x{status:x}");
        }

        NvmeHealthLog read = NvmeHealthLog.Read(log);
        return read.IsReported ? read : throw new IOException($"/dev/{disk}: the controller answered with a health log of {(log[0] == 0 ? "zeros" : "ones")} alone; it is dead or not ready");
    }
}
