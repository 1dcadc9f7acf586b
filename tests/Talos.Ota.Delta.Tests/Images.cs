namespace Talos.Ota.Delta.Tests;

/// <summary>Two versions of a small root: squashfs with zstd-12 in blocks of 4096, hash tree behind; <c>Testdata/README.md</c> says how they were made.</summary>
internal static class Images
{
    public static byte[] Old { get; } = Read("old.root");

    public static byte[] New { get; } = Read("new.root");

    /// <summary>Makes a delta.</summary>
    public static (byte[] Delta, DeltaReport Report) Create(byte[] old, byte[] @new)
    {
        using MemoryStream output = new();
        DeltaReport report = DeltaCreator.Create(new MemoryImage(old), new MemoryImage(@new), output, workers: 1, progress: null, CancellationToken.None);
        return (output.ToArray(), report);
    }

    /// <summary>Applies a delta, taking so many bytes at a time.</summary>
    public static byte[] Apply(byte[] delta, byte[] old, long length, int step = 4096)
    {
        using MemoryStream made = new();
        using DeltaReader reader = DeltaReader.Open(new MemoryStream(delta), new MemoryImage(old), length, CancellationToken.None);
        byte[] buffer = new byte[step];
        for (int taken; (taken = reader.Read(buffer)) > 0;)
        {
            made.Write(buffer.AsSpan(0, taken));
        }

        return made.ToArray();
    }

    private static byte[] Read(string name)
    {
        using Stream resource = typeof(Images).Assembly.GetManifestResourceStream(name)!;
        byte[] bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return bytes;
    }
}

internal sealed class MemoryImage(byte[] bytes) : IBaseImage
{
    public long Length => bytes.Length;

    public long BytesRead { get; private set; }

    public void ReadAt(long offset, Span<byte> buffer)
    {
        BytesRead += buffer.Length;
        bytes.AsSpan((int)offset, buffer.Length).CopyTo(buffer);
    }
}
