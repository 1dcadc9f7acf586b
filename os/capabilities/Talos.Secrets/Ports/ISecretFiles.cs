namespace Talos.Secrets.Ports;

/// <summary>The files by which daemons get their secrets.</summary>
internal interface ISecretFiles
{
    /// <summary>Replaces a file as a whole, readable by its user alone; nothing happens when it has this content already.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">What it holds.</param>
    /// <param name="user">User and group id of the daemon that reads it.</param>
    void Write(string path, byte[] content, int user);

    /// <summary>Removes a file; nothing happens when it is not there.</summary>
    void Remove(string path);
}
