namespace Talos.Machined.Configuration;

/// <summary>Files of STATE; a write is whole or not there, also when the power fails.</summary>
internal interface IConfigFile
{
    /// <summary>The content; null when the file is not there.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    byte[]? Read(string name);

    /// <summary>Replaces the file and returns when it is on disk.</summary>
    void Write(string name, ReadOnlySpan<byte> content);
}
