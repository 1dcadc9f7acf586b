namespace Talos.Ota.Engine.Tests.PowerCuts;

/// <summary>What a node does to its storage, in order. Data is on the medium at the next flush of its device; names are at once.</summary>
internal abstract record Operation
{
    /// <summary>Data written to a partition or file.</summary>
    public sealed record Write(string Device, long Offset, ReadOnlyMemory<byte> Data) : Operation;

    /// <summary>Everything written to the device before is on the medium.</summary>
    public sealed record Flush(string Device) : Operation;

    /// <summary>A name for a file, new or another one: the first half of a rename.</summary>
    public sealed record Link(string Name, int File) : Operation;

    /// <summary>A name less: the second half of a rename.</summary>
    public sealed record Unlink(string Name) : Operation;

    /// <summary>A file is given up: its clusters are free, whoever else names them.</summary>
    public sealed record Free(string Name) : Operation;

    /// <summary>The file has another length.</summary>
    public sealed record Resize(int File, int Length) : Operation;
}
