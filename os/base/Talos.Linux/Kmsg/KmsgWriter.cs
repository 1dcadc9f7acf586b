using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Talos.Linux;

/// <summary>Urgency of a kernel log record. Source: linux/kern_levels.h.</summary>
public enum KmsgPriority
{
    /// <summary>Emergency.</summary>
    Emergency = 0,
    /// <summary>Alert.</summary>
    Alert = 1,
    /// <summary>Critical.</summary>
    Critical = 2,
    /// <summary>Error.</summary>
    Error = 3,
    /// <summary>Warning.</summary>
    Warning = 4,
    /// <summary>Notice.</summary>
    Notice = 5,
    /// <summary>Information.</summary>
    Info = 6,
    /// <summary>Debug.</summary>
    Debug = 7,
}

/// <summary>Writes to the kernel log. One write is one record, so threads do not mix their lines.</summary>
/// <remarks>Source: Linux, Documentation/ABI/testing/dev-kmsg. Without <c>printk.devkmsg=on</c> the kernel drops lines of a fast writer.</remarks>
public sealed class KmsgWriter : IDisposable
{
    /// <summary>The kernel refuses records of more than 1024 bytes with their prefix.</summary>
    internal const int MaxText = 960;

    private const int UserFacility = 1;

    private readonly SafeFileHandle _log;

    private KmsgWriter(SafeFileHandle log) => _log = log;

    /// <summary>Opens the kernel log.</summary>
    public static KmsgWriter Open(string path = "/dev/kmsg") => new(Descriptors.Open(path, OpenFlags.WriteOnly | OpenFlags.NoTerminal));

    /// <summary>Writes a text; each line is a record, long lines are parted.</summary>
    public void Write(KmsgPriority priority, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        byte[] prefix = Encoding.ASCII.GetBytes($"<{(UserFacility << 3) | (int)priority}>");
        foreach (string line in text.Split('\n'))
        {
            byte[] bytes = Encoding.UTF8.GetBytes(line.TrimEnd('\r'));
            int start = 0;
            while (start < bytes.Length)
            {
                int length = PartLength(bytes.AsSpan(start));
                Descriptors.Write(_log, [.. prefix, .. bytes.AsSpan(start, length), (byte)'\n'], "/dev/kmsg");
                start += length;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _log.Dispose();

    /// <summary>Bytes of the next record: never parts a UTF-8 sequence.</summary>
    internal static int PartLength(ReadOnlySpan<byte> text)
    {
        if (text.Length <= MaxText)
        {
            return text.Length;
        }

        int length = MaxText;
        while (length > MaxText - 4 && (text[length] & 0xC0) == 0x80)
        {
            length--;
        }

        return length;
    }
}
