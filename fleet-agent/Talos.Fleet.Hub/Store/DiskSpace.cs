namespace Talos.Fleet.Hub.Store;

/// <summary>Whether there is room for what can wait or be refused: without it there would be none for what cannot.</summary>
internal sealed class DiskSpace(HubOptions options, TimeProvider time)
{
    private const int Step = 4 << 20;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private readonly DriveInfo _drive = new(Path.GetFullPath(options.Data));
    private long _free;
    private long? _at;

    /// <summary>Whether so many bytes fit and the bound stays free.</summary>
    public bool HasRoom(long bytes = 0)
    {
        if (_at is not { } at || time.GetElapsedTime(at) >= Fresh)
        {
            (_free, _at) = (_drive.AvailableFreeSpace, time.GetTimestamp());
        }

        return _free - bytes >= options.MinFree;
    }

    /// <summary>Copies what somebody sends, as long as there is room.</summary>
    /// <param name="from">What comes.</param>
    /// <param name="to">The file.</param>
    /// <param name="announced">Its size, as far as it is known.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="RequestException">507.</exception>
    public async Task CopyAsync(Stream from, Stream to, long? announced, CancellationToken ct)
    {
        byte[] buffer = new byte[1 << 16];
        long since = Step;
        for (int read = 0; ; since += read)
        {
            if (since >= Step)
            {
                since = 0;
                if (!HasRoom(Math.Max(Step, (announced ?? 0) - to.Length)))
                {
                    throw new RequestException(
                        StatusCodes.Status507InsufficientStorage, $"the hub's disk has {_free >> 20} MiB free and keeps {options.MinFree >> 20} MiB of them (--min-free-mib): delete bundles, or make it larger");
                }
            }

            read = await from.ReadAsync(buffer, ct);
            if (read == 0)
            {
                return;
            }

            await to.WriteAsync(buffer.AsMemory(0, read), ct);
        }
    }
}
