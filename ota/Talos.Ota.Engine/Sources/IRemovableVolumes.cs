namespace Talos.Ota.Engine.Sources;

/// <summary>File systems on sticks and disks, found by their label.</summary>
public interface IRemovableVolumes
{
    /// <summary>Makes the file system with this label readable, and nothing more than that.</summary>
    /// <exception cref="SourceException">There is none, or several.</exception>
    IMountedVolume Mount(string label);
}

/// <summary>A file system that can be read until it is disposed.</summary>
public interface IMountedVolume : IDisposable
{
    /// <summary>Its root folder.</summary>
    string Folder { get; }
}
