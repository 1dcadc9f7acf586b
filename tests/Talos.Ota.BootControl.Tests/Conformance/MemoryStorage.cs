namespace Talos.Ota.BootControl.Tests.Conformance;

/// <summary>Bytes in memory; every write is an operation the power can fail at.</summary>
internal sealed class MemoryStorage(byte[] data, Power power) : ISlotStorage
{
    public long Length => data.Length;

    public void Read(long offset, Span<byte> buffer) => data.AsSpan((int)offset, buffer.Length).CopyTo(buffer);

    public void Write(long offset, ReadOnlySpan<byte> content)
    {
        power.Step();
        content.CopyTo(data.AsSpan((int)offset));
    }

    public void Flush() { }

    public void DropCache() { }

    public void Dispose() { }
}

/// <summary>BOOT-A and BOOT-B in memory.</summary>
internal sealed class MemoryPartitions(Power power) : ISlotPartitions
{
    private readonly Dictionary<string, byte[]> _partitions = [];

    public ISlotStorage Open(string label, bool writable) => new MemoryStorage(Bytes(label), power);

    public byte[] Bytes(string label)
    {
        if (!_partitions.TryGetValue(label, out byte[]? bytes))
        {
            _partitions[label] = bytes = new byte[SimulatedBoard.PayloadSize];
        }

        return bytes;
    }
}
