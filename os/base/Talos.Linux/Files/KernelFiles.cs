namespace Talos.Linux;

/// <summary>Reads files of <c>/proc</c> and <c>/sys</c>.</summary>
/// <remarks>Their length by stat(2) is 4096 or 0, whatever is in them: <see cref="File.ReadAllBytes(string)"/> believes it and fails.</remarks>
public static class KernelFiles
{
    private const int Page = 4096;

    /// <summary>Everything in the file.</summary>
    /// <exception cref="IOException">The file is gone, or the kernel refuses.</exception>
    public static byte[] ReadBytes(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        using MemoryStream content = new(Page);
        file.CopyTo(content, Page);
        return content.ToArray();
    }
}
