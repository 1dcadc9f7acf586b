using System.Globalization;

namespace Talos.Containers.Ports;

/// <summary>Reads what a process's control group uses.</summary>
internal interface ICgroupUsage
{
    /// <summary>False when the process is gone or the hierarchy is not version 2.</summary>
    bool TryRead(int processId, out CgroupUsage usage);
}

/// <summary>What a control group uses.</summary>
internal readonly record struct CgroupUsage(ulong MemoryBytes, TimeSpan CpuTime);

/// <summary>Reads cgroup version 2 files.</summary>
/// <remarks>Source: Linux, Documentation/admin-guide/cgroup-v2.rst.</remarks>
internal sealed class CgroupFiles(string processes, string hierarchy) : ICgroupUsage
{
    /// <inheritdoc/>
    public bool TryRead(int processId, out CgroupUsage usage)
    {
        usage = default;
        try
        {
            string? path = File.ReadLines(Path.Combine(processes, processId.ToString(CultureInfo.InvariantCulture), "cgroup"))
                .FirstOrDefault(line => line.StartsWith("0::/", StringComparison.Ordinal))?[4..];
            if (string.IsNullOrEmpty(path))
            {
                return false;
            }

            string folder = Path.Combine(hierarchy, path);
            ulong current = ulong.Parse(File.ReadAllText(Path.Combine(folder, "memory.current")).AsSpan().Trim(), CultureInfo.InvariantCulture);
            ulong inactive = Value(Path.Combine(folder, "memory.stat"), "inactive_file");
            ulong microseconds = Value(Path.Combine(folder, "cpu.stat"), "usage_usec");
            usage = new CgroupUsage(current > inactive ? current - inactive : 0, TimeSpan.FromMicroseconds(microseconds));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return false;
        }
    }

    private static ulong Value(string path, string key)
    {
        foreach (string line in File.ReadLines(path))
        {
            if (line.Length > key.Length && line[key.Length] == ' ' && line.StartsWith(key, StringComparison.Ordinal))
            {
                return ulong.Parse(line.AsSpan(key.Length + 1), CultureInfo.InvariantCulture);
            }
        }

        return 0;
    }
}
