namespace Talos.Fleet.Agent.Tests;

/// <summary>The power went.</summary>
internal sealed class PowerCutException : Exception;

/// <summary>A disk that loses its power in the middle of a write: of that write anything may be there.</summary>
internal sealed class ModelDisk : IQueueFiles
{
    private readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, byte[]> _deleted = [];

    /// <summary>Writes until the power goes; below zero: it stays.</summary>
    public int WritesLeft { get; set; } = -1;

    /// <summary>The disk is full: a write leaves a part behind and fails.</summary>
    public bool Full { get; set; }

    /// <summary>Decides what is left of the write that was under way.</summary>
    public Random Chance { get; set; } = new(1);

    public long Bytes => _files.Values.Sum(f => (long)f.Length);

    /// <summary>Power is back: removals since the last write may be undone.</summary>
    public void PowerUp()
    {
        WritesLeft = -1;
        foreach ((string name, byte[] content) in _deleted)
        {
            if (Chance.Next(2) == 0)
            {
                _files.TryAdd(name, content);
            }
        }

        _deleted.Clear();
    }

    public IReadOnlyList<string> List() => [.. _files.Keys];

    public byte[] Read(string name) => [.. _files[name]];

    public void Create(string name, ReadOnlySpan<byte> content)
    {
        bool cut = Cut();
        if (!cut)
        {
            _files[name] = content.ToArray();
            _deleted.Clear();
            return;
        }

        if (Chance.Next(3) > 0)
        {
            _files[name] = Torn(content);
        }

        throw new PowerCutException();
    }

    public void Append(string name, ReadOnlySpan<byte> content)
    {
        if (Full)
        {
            _files[name] = [.. _files[name], .. content[..Chance.Next(content.Length)]];
            throw new IOException("No space left on device");
        }

        bool cut = Cut();
        _files[name] = [.. _files[name], .. cut ? Torn(content) : content.ToArray()];
        if (cut)
        {
            throw new PowerCutException();
        }
    }

    public void Truncate(string name, long length)
    {
        bool cut = Cut();
        if (!cut || Chance.Next(2) == 0)
        {
            _files[name] = _files[name][..(int)length];
        }

        if (cut)
        {
            throw new PowerCutException();
        }
    }

    public void Delete(string name)
    {
        _deleted[name] = _files[name];
        _files.Remove(name);
    }

    public void Damage(string name, int at) => _files[name][at] ^= 0x55;

    private bool Cut() => WritesLeft >= 0 && WritesLeft-- == 0;

    /// <summary>A prefix, of which blocks may be zero or garbage; now and then the whole.</summary>
    private byte[] Torn(ReadOnlySpan<byte> content)
    {
        byte[] torn = content[..Chance.Next(content.Length + 1)].ToArray();
        if (torn.Length > 4 && Chance.Next(2) == 0)
        {
            int from = Chance.Next(torn.Length);
            Span<byte> block = torn.AsSpan(from, Math.Min(torn.Length - from, 1 + Chance.Next(64)));
            if (Chance.Next(2) == 0)
            {
                block.Clear();
            }
            else
            {
                Chance.NextBytes(block);
            }
        }

        return torn;
    }
}
