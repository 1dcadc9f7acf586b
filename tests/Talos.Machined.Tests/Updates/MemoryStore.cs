using Talos.Ota.Engine;

namespace Talos.Machined.Tests.Updates;

/// <summary>META without a medium.</summary>
internal sealed class MemoryStore : IUpdateStore
{
    private readonly Dictionary<uint, byte[]> _values = [];

    public ReadOnlyMemory<byte>? Find(uint tag) => _values.TryGetValue(tag, out byte[]? value) ? value : null;

    public void Write(uint tag, ReadOnlySpan<byte> value) => _values[tag] = value.ToArray();

    public void Delete(uint tag) => _values.Remove(tag);
}
