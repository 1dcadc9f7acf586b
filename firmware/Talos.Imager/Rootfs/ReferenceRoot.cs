using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Talos.Imager.Components;
using Talos.Imager.Tools;

namespace Talos.Imager.Rootfs;

/// <summary>A root that is packed to see whether other tools give the same bytes.</summary>
/// <remarks>Nodes pack the blocks of a delta again; with other bytes they would have to fetch all of them.</remarks>
internal static class ReferenceRoot
{
    // Counts up when the root or its levels change, so that no older result is taken for it.
    private const string Revision = "1";
    private const int FileCount = 24;
    private const int LargestFile = 5 * Squashfs.BlockSize / 2;

    private static readonly int[] Levels = [1, 3, 6, 9, 15, 19];

    /// <summary>SHA-256 of the root as these tools pack it, at several levels; lowercase hex.</summary>
    /// <param name="cache">Keeps the result for each set of tools.</param>
    /// <param name="tools">mksquashfs and its libraries.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<string> PackAsync(ComponentCache cache, IReadOnlyList<ComponentTree> tools, CancellationToken ct)
    {
        string key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(' ', tools.Select(t => t.Checksum).Prepend(Revision)))))[..16];
        string folder = await cache.FolderAsync($"reference/{key}", async partial =>
        {
            PinnedTool program = PinnedTool.Find([.. tools.Select(t => t.Directory)], "usr/bin/mksquashfs");
            RootTree tree = Tree();
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (int level in Levels)
            {
                string path = Path.Combine(partial, "root");
                await Squashfs.WriteAsync(tree, path, program, level, ct);
                hash.AppendData(await File.ReadAllBytesAsync(path, ct));
                File.Delete(path);
            }

            await File.WriteAllTextAsync(Path.Combine(partial, "sha256"), Convert.ToHexStringLower(hash.GetHashAndReset()), ct);
        });
        return await File.ReadAllTextAsync(Path.Combine(folder, "sha256"), ct);
    }

    /// <summary>Files between nothing and some blocks, from what packs well to what does not.</summary>
    internal static RootTree Tree()
    {
        RootTree tree = new();
        uint state = 1;
        for (int i = 0; i < FileCount; i++)
        {
            StringBuilder text = new();
            int length = i == 0 ? 0 : LargestFile * i / FileCount;
            int words = 2 << (i % 12);
            while (text.Length < length)
            {
                state = (state * 1664525) + 1013904223;
                text.Append(CultureInfo.InvariantCulture, $"{(state >> 8) % (uint)words:x} ");
            }

            tree.AddText(string.Create(CultureInfo.InvariantCulture, $"usr/lib/reference/{i:D2}"), text.ToString());
        }

        tree.AddLink("usr/lib/reference/link", "00");
        return tree;
    }
}
