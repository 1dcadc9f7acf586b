using Talos.Linux;

namespace Talos.Machined.Configuration;

/// <summary>The files of a directory, usually <c>/system/state</c>.</summary>
internal sealed class StateConfigFile(string directory) : IConfigFile
{
    public byte[]? Read(string name)
    {
        try
        {
            return File.ReadAllBytes(Path.Combine(directory, name));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public void Write(string name, ReadOnlySpan<byte> content) => Files.WriteAtomically(Path.Combine(directory, name), content);
}
