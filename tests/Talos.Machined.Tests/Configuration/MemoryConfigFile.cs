using Talos.Machined.Configuration;

namespace Talos.Machined.Tests.Configuration;

/// <summary>Files in memory that can lose power before a given write.</summary>
internal sealed class MemoryConfigFile : IConfigFile
{
    public Dictionary<string, byte[]> Content { get; } = new(StringComparer.Ordinal);

    /// <summary>Writes that still succeed; then each one fails.</summary>
    public int WritesLeft { get; set; } = int.MaxValue;

    public byte[]? Read(string name) => Content.GetValueOrDefault(name);

    public void Write(string name, ReadOnlySpan<byte> content)
    {
        if (WritesLeft-- <= 0)
        {
            throw new IOException("no power");
        }

        Content[name] = content.ToArray();
    }
}
