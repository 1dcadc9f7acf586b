using Talos.Linux;

namespace Talos.Machined.Logging;

/// <summary>The kernel log as one reader sees it, from its oldest record on.</summary>
internal interface IKernelLog : IDisposable
{
    /// <summary>The next record, or null when there is none at present.</summary>
    KmsgRecord? TryRead();

    /// <summary>Waits for a record; false when the time is over first.</summary>
    bool Wait(TimeSpan timeout);
}

/// <inheritdoc/>
internal sealed class KernelLog(KmsgReader reader) : IKernelLog
{
    /// <summary>Opens the node's own.</summary>
    public static KernelLog Open() => new(KmsgReader.Open());

    public KmsgRecord? TryRead() => reader.TryRead();

    public bool Wait(TimeSpan timeout) => reader.Wait(timeout);

    public void Dispose() => reader.Dispose();
}
