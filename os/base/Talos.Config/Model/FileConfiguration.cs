namespace Talos.Config;

/// <summary>A file to write.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Content">Its text.</param>
/// <param name="Permissions">Permission bits.</param>
/// <param name="Operation">Create, append or overwrite.</param>
public sealed record FileConfiguration(string Path, string Content, UnixFileMode Permissions, FileOperation Operation);
