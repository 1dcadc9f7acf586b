using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Talos.Imager.Components;

namespace Talos.Imager.Build;

/// <summary>A checksum of everything an image depends on: when it is unchanged, so is the image.</summary>
internal static class Fingerprint
{
    private static readonly string[] Folders = ["rootfs", "boot", "kernel"];

    /// <summary>Lowercase hex.</summary>
    /// <param name="options">What to build.</param>
    /// <param name="kubelet">The choice of kubelet on the command line; null: the lock's.</param>
    /// <param name="imager">The program that builds.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<string> OfAsync(BuildOptions options, string? kubelet, string imager, CancellationToken ct)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"release {options.Release}\nlevel {options.RootLevel}\nkubelet {kubelet}\n");
        text.Append(CultureInfo.InvariantCulture, $"arguments {string.Join(' ', options.KernelArgs)}\nwithout {string.Join(' ', options.Without.Order(StringComparer.Ordinal))}\n");

        text.Append(CultureInfo.InvariantCulture, $"minimum {options.MinimumVersion}\nfloor {options.Floor}\nissued {Environment.GetEnvironmentVariable("SOURCE_DATE_EPOCH")}\n");

        IEnumerable<string> files = Folders
            .SelectMany(f => Directory.EnumerateFiles(Path.Combine(options.Firmware, f), "*", SearchOption.AllDirectories))
            .Order(StringComparer.Ordinal);
        foreach (string file in (string[])[imager, options.BoardFile, options.Machined, options.Stage1, options.LockFile, .. options.Images, .. options.UpdateKeys.Files, .. files])
        {
            text.Append(CultureInfo.InvariantCulture, $"{(file == options.LockFile ? "components.lock" : Path.GetFileName(file))} {await ComponentCache.Sha256Async(file, ct)}\n");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
