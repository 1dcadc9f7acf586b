using Microsoft.Win32.SafeHandles;

namespace Talos.Linux;

/// <summary>Reads the kernel log from its oldest record on, without taking anything from other readers.</summary>
public sealed class KmsgReader : IDisposable
{
    private readonly SafeFileHandle _log;
    private readonly byte[] _buffer = new byte[8192];

    private KmsgReader(SafeFileHandle log) => _log = log;

    /// <summary>Opens the kernel log.</summary>
    public static KmsgReader Open(string path = "/dev/kmsg") =>
        new(Descriptors.Open(path, OpenFlags.ReadOnly | OpenFlags.NonBlocking | OpenFlags.NoTerminal));

    /// <summary>The next record, or null when there is none at present.</summary>
    public KmsgRecord? TryRead()
    {
        while (true)
        {
            int count;
            try
            {
                count = Descriptors.Read(_log, _buffer, "/dev/kmsg");
            }
            catch (LinuxException e) when (e.Error is Errno.EPIPE)
            {
                continue; // Records were overwritten before they were read; the next read goes on after the gap.
            }

            if (count <= 0)
            {
                return null;
            }

            if (KmsgRecord.Parse(_buffer.AsSpan(0, count)) is { } record)
            {
                return record;
            }
        }
    }

    /// <summary>Waits for a record.</summary>
    /// <returns>False when the time is over first.</returns>
    public bool Wait(TimeSpan timeout) => Descriptors.WaitReadable(_log, timeout);

    /// <inheritdoc/>
    public void Dispose() => _log.Dispose();
}
