using System.Runtime.CompilerServices;

namespace Talos.Containers.Logs;

/// <summary>Reads a container's log file: all or its end, and what is added, over rotation by the kubelet.</summary>
internal sealed class CriLogReader(TimeProvider time)
{
    private const int BlockSize = 64 << 10;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Reads the file at <paramref name="path"/>.</summary>
    /// <param name="path">Of a file in the format of <see cref="CriLogLine"/>.</param>
    /// <param name="tailLines">Number of lines to begin with; negative for all.</param>
    /// <param name="follow">Whether to wait for more until cancelled.</param>
    /// <param name="ct">Ends the wait.</param>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        string path, int tailLines, bool follow, [EnumeratorCancellation] CancellationToken ct)
    {
        CriLogJoiner joiner = new();
        FileStream file = Open(path);
        try
        {
            if (tailLines >= 0)
            {
                file.Position = await StartOfTailAsync(file, tailLines, ct);
            }

            byte[] buffer = new byte[BlockSize];
            while (true)
            {
                int length = await file.ReadAsync(buffer, ct);
                if (length > 0)
                {
                    ReadOnlyMemory<byte> lines = joiner.Add(buffer.AsSpan(0, length));
                    if (!lines.IsEmpty)
                    {
                        yield return lines;
                    }
                }
                else if (!follow)
                {
                    ReadOnlyMemory<byte> rest = joiner.Finish();
                    if (!rest.IsEmpty)
                    {
                        yield return rest;
                    }

                    yield break;
                }
                else if (IsReplaced(path, file))
                {
                    await file.DisposeAsync();
                    file = Open(path);
                }
                else
                {
                    await Task.Delay(PollInterval, time, ct);
                }
            }
        }
        finally
        {
            await file.DisposeAsync();
        }
    }

    private static FileStream Open(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, useAsync: false);

    /// <summary>The kubelet renames a full file and has a new one opened under the old name, which begins empty.</summary>
    private static bool IsReplaced(string path, FileStream file)
    {
        FileInfo current = new(path);
        return current.Exists && (current.Length < file.Position || current.CreationTimeUtc > File.GetCreationTimeUtc(file.SafeFileHandle));
    }

    private static async Task<long> StartOfTailAsync(FileStream file, int lines, CancellationToken ct)
    {
        long size = file.Length;
        byte[] buffer = new byte[BlockSize];
        int found = 0;
        for (long end = size; end > 0 && lines > 0;)
        {
            int length = (int)Math.Min(BlockSize, end);
            long start = end - length;
            file.Position = start;
            await file.ReadExactlyAsync(buffer.AsMemory(0, length), ct);
            for (int i = length - 1; i >= 0; i--)
            {
                bool endsTheFile = start + i == size - 1;
                if (buffer[i] == '\n' && !endsTheFile && ++found == lines)
                {
                    return start + i + 1;
                }
            }

            end = start;
        }

        return lines == 0 ? size : 0;
    }
}
