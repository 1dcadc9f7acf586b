using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Talos.Imager.Tools;

namespace Talos.Imager.Verity;

/// <summary>Appends a dm-verity hash tree to a file system image.</summary>
internal static partial class VerityFormat
{
    public const int BlockSize = 4096;

    /// <summary>Appends superblock and hash tree; salt and UUID come from the content, so the same root gives the same tree.</summary>
    /// <param name="path">The image; its length must be a multiple of 4096.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<VerityRoot> AppendAsync(string path, CancellationToken ct)
    {
        long length = new FileInfo(path).Length;
        if (length == 0 || length % BlockSize != 0)
        {
            throw new ImagerException($"{path}: {length} bytes are not a multiple of {BlockSize}");
        }

        string salt = await ContentHashAsync(path, ct);
        long blocks = length / BlockSize;
        string output = await Tool.RunAsync(
            "veritysetup",
            ["format", path, path, "--hash=sha256", .. Geometry(blocks, length), $"--salt={salt}", $"--uuid={Identifier.FromText("verity " + salt)}"],
            ct: ct);

        Match hash = RootHashLine().Match(output);
        return hash.Success
            ? new VerityRoot(path, hash.Groups[1].Value, salt, blocks, new FileInfo(path).Length)
            : throw new ImagerException("veritysetup format: no root hash in its output");
    }

    /// <summary>Reads the whole image and compares it with the root hash.</summary>
    /// <exception cref="ImagerException">A block differs.</exception>
    public static Task VerifyAsync(string path, string rootHash, long dataBlocks, CancellationToken ct) =>
        Tool.RunAsync("veritysetup", ["verify", path, path, rootHash, $"--hash-offset={(dataBlocks * BlockSize).ToString(CultureInfo.InvariantCulture)}"], ct: ct);

    private static string[] Geometry(long blocks, long hashOffset) =>
    [
        $"--data-block-size={BlockSize}", $"--hash-block-size={BlockSize}",
        $"--data-blocks={blocks.ToString(CultureInfo.InvariantCulture)}", $"--hash-offset={hashOffset.ToString(CultureInfo.InvariantCulture)}",
    ];

    private static async Task<string> ContentHashAsync(string path, CancellationToken ct)
    {
        await using FileStream stream = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, ct));
    }

    [GeneratedRegex(@"^Root hash:\s*([0-9a-f]{64})\s*$", RegexOptions.Multiline)]
    private static partial Regex RootHashLine();
}
