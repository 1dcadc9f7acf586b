using System.Globalization;
using Talos.Api.Machine;

namespace Talos.Machined.Api.Proc;

/// <summary>All processes, as procfs shows them.</summary>
internal static class ProcessTable
{
    /// <summary>Reads them, ordered by id; one that ends meanwhile is left out.</summary>
    public static IEnumerable<ProcessInfo> Read() => Ids().Select(Read).OfType<ProcessInfo>();

    /// <summary>Ids of all processes, ordered.</summary>
    public static IEnumerable<int> Ids() => Directory.EnumerateDirectories("/proc")
        .Select(p => int.TryParse(p.AsSpan("/proc/".Length), NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : 0)
        .Where(id => id > 0)
        .Order();

    private static ProcessInfo? Read(int id)
    {
        try
        {
            string folder = $"/proc/{id}";
            string stat = File.ReadAllText($"{folder}/stat");
            string commandLine = File.ReadAllText($"{folder}/cmdline");
            return ProcessText.Parse(stat, commandLine, Executable(folder), label: "");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Executable(string folder)
    {
        try
        {
            return new System.IO.FileInfo($"{folder}/exe").LinkTarget ?? "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
