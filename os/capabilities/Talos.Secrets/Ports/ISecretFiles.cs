namespace Talos.Secrets.Ports;

/// <summary>The files by which daemons get their secrets.</summary>
internal interface ISecretFiles
{
    /// <summary>Replaces a file as a whole, readable by root alone; nothing happens when it has this content already.</summary>
    void Write(string path, byte[] content);

    /// <summary>Removes a file; nothing happens when it is not there.</summary>
    void Remove(string path);
}
