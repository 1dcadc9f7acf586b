using System.Text;

namespace Talos.Kernel.Ports;

/// <summary>Files through which the kernel shows its parameters.</summary>
internal interface IKernelParams
{
    /// <summary>The value without the line end; null when this kernel does not have the parameter, empty when it cannot be read.</summary>
    string? Read(string path);

    /// <summary>Writes a value.</summary>
    void Write(string path, string value);
}

/// <inheritdoc/>
internal sealed class KernelParamFiles : IKernelParams
{
    public string? Read(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path).TrimEnd('\n') : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>In one write: the kernel takes each write as a whole value.</summary>
    public void Write(string path, string value)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        file.Write(Encoding.UTF8.GetBytes(value + "\n"));
    }
}
