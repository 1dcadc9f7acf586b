using System.Text;
using Microsoft.Win32.SafeHandles;
using Talos.Linux;

namespace Talos.Stage1;

/// <summary>Writes to the kernel log, which the kernel shows on its consoles.</summary>
internal sealed class BootLog
{
    private readonly KmsgWriter _kmsg;

    private BootLog(KmsgWriter kmsg) => _kmsg = kmsg;

    internal static BootLog Open() => new(KmsgWriter.Open());

    internal void Info(string text) => _kmsg.Write(KmsgPriority.Info, $"stage1: {text}");

    internal void Warning(string text) => _kmsg.Write(KmsgPriority.Warning, $"stage1: {text}");

    internal void Critical(string text) => _kmsg.Write(KmsgPriority.Critical, $"stage1: {text}");

    /// <summary>For the time before there is a kernel log: descriptor 2 is the console then.</summary>
    internal static void WriteToStandardError(string text)
    {
        using SafeFileHandle console = new(2, ownsHandle: false);
        using FileStream stream = new(console, FileAccess.Write, 0);
        stream.Write(Encoding.UTF8.GetBytes($"stage1: {text}\n"));
    }
}
