namespace Talos.Imager.Rootfs;

/// <summary>One entry of the root file system: directory, file or symbolic link. Everything belongs to root and has time 0.</summary>
/// <param name="Path">Path without leading slash.</param>
/// <param name="Mode">Permission bits.</param>
/// <param name="Component">Component it belongs to, for the size report.</param>
internal abstract record RootEntry(string Path, int Mode, string Component);

/// <summary>A directory.</summary>
internal sealed record RootDirectory(string Path, int Mode, string Component) : RootEntry(Path, Mode, Component);

/// <summary>A file; the content is either a file of the build host or bytes.</summary>
internal sealed record RootFileEntry(string Path, int Mode, string Component, string? Source, ReadOnlyMemory<byte> Bytes) : RootEntry(Path, Mode, Component)
{
    /// <summary>Length in bytes.</summary>
    public long Length => Source is null ? Bytes.Length : new FileInfo(Source).Length;

    /// <summary>Whether it has an x bit.</summary>
    public bool IsExecutable => (Mode & 0b001_001_001) != 0;

    /// <summary>The whole content.</summary>
    public ReadOnlyMemory<byte> ReadAll() => Source is null ? Bytes : File.ReadAllBytes(Source);

    /// <summary>A stream over the content.</summary>
    public Stream Open() => Source is null ? new MemoryStream(Bytes.ToArray(), writable: false) : File.OpenRead(Source);
}

/// <summary>A symbolic link.</summary>
internal sealed record RootLinkEntry(string Path, string Target, string Component) : RootEntry(Path, 0b111_111_111, Component);
