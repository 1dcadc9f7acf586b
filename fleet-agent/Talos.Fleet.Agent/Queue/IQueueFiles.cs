namespace Talos.Fleet.Agent;

/// <summary>The files of a queue. What is written is on the medium when the call returns.</summary>
internal interface IQueueFiles
{
    /// <summary>Names of the files, in order.</summary>
    IReadOnlyList<string> List();

    /// <summary>The whole file.</summary>
    byte[] Read(string name);

    /// <summary>Makes a file; after a power cut it may be there in part.</summary>
    void Create(string name, ReadOnlySpan<byte> content);

    /// <summary>Adds to the end of a file; after a power cut a part may be there, or nothing.</summary>
    void Append(string name, ReadOnlySpan<byte> content);

    /// <summary>Cuts a file off.</summary>
    void Truncate(string name, long length);

    /// <summary>Removes a file; after a power cut it may be there again.</summary>
    void Delete(string name);
}
