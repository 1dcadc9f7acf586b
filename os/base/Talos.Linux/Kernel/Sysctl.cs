using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Talos.Linux;

/// <summary>Kernel parameters below <c>/proc/sys</c>.</summary>
public static class Sysctl
{
    /// <summary>The value, without the line end; null when this kernel has no such parameter.</summary>
    public static string? TryGet(string key)
    {
        string path = PathOf(key);
        return File.Exists(path) ? File.ReadAllText(path).TrimEnd('\n') : null;
    }

    /// <summary>Sets a parameter.</summary>
    /// <exception cref="IOException">The kernel has no such parameter or refuses the value.</exception>
    public static void Set(string key, string value)
    {
        string path = PathOf(key);
        using SafeFileHandle file = Descriptors.Open(path, OpenFlags.WriteOnly);
        Descriptors.Write(file, Encoding.UTF8.GetBytes(value + "\n"), $"{path} \"{value}\"");
    }

    /// <summary>
    /// File of a key. Of <c>.</c> and <c>/</c> the one that comes first separates, as in sysctl(8):
    /// <c>net/ipv4/conf/eth0.5/forwarding</c> and <c>net.ipv4.conf.eth0/5.forwarding</c> are the same.
    /// </summary>
    public static string PathOf(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        int first = key.AsSpan().IndexOfAny('.', '/');
        string path = first >= 0 && key[first] == '/'
            ? key
            : string.Create(key.Length, key, static (span, text) =>
            {
                for (int i = 0; i < span.Length; i++)
                {
                    span[i] = text[i] switch { '.' => '/', '/' => '.', char c => c };
                }
            });

        return path.Split('/').Any(part => part is "" or "." or "..")
            ? throw new ArgumentException($"not a kernel parameter: {key}", nameof(key))
            : $"/proc/sys/{path}";
    }
}
