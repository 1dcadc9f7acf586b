using System.Text;
using Talos.Linux;

namespace Talos.Machined.Logging;

/// <summary>Brings the output of services to the console, by way of the kernel log.</summary>
internal static class KmsgEcho
{
    /// <summary>Writes each line with the name of its service; output that cannot be written is dropped.</summary>
    public static void Write(KmsgWriter kmsg, string service, ReadOnlySpan<byte> data)
    {
        try
        {
            foreach (string line in Encoding.UTF8.GetString(data).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                kmsg.Write(KmsgPriority.Info, $"[{service}] {line}");
            }
        }
        catch (IOException)
        {
            // The service log has it.
        }
    }
}
