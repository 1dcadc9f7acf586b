using Talos.Linux;

namespace Talos.Machined.Node;

/// <summary>The control groups of the node: <c>init</c>, <c>system/*</c>, <c>podruntime/*</c>; <c>kubepods</c> is the kubelet's.</summary>
internal static class CgroupTree
{
    private static readonly string[] Controllers = ["cpuset", "cpu", "io", "memory", "hugetlb", "pids"];

    /// <summary>Groups with the memory in bytes that the kernel keeps for them under pressure.</summary>
    private static readonly (string Path, long MemoryMin)[] Groups =
    [
        ("init", 48L << 20),
        ("system", 96L << 20),
        ("podruntime", 0),
    ];

    /// <summary>Makes the groups and moves all processes of the root group into <c>init</c>.</summary>
    /// <param name="problems">Takes what did not work.</param>
    public static void Create(List<string> problems)
    {
        try
        {
            Cgroup root = new("");
            Cgroup init = new("init");
            init.Create();
            init.Add(Environment.ProcessId);
            root.EnableControllers(Controllers);
            foreach ((string path, long memoryMin) in Groups)
            {
                Cgroup group = new(path);
                group.Create();
                if (memoryMin > 0 && File.Exists($"{group.Directory}/memory.min"))
                {
                    group.Write("memory.min", memoryMin.ToString(System.Globalization.CultureInfo.InvariantCulture));
                }

                if (path != "init")
                {
                    group.EnableControllers(Controllers);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(e.Message);
        }
    }
}
