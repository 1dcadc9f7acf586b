using System.Text;
using Talos.Imager.Modules;
using Talos.Imager.Tools;

namespace Talos.Imager.Initramfs;

/// <summary>Packs stage 1 and the modules it loads.</summary>
internal static class InitramfsBuilder
{
    private const int ExecutableMode = 0b111_101_101;

    // 19 is the highest level whose window the kernel unpacks without a flag of its own.
    private const string Level = "-19";

    private static readonly string[] Folders = ["dev", "modules", "proc", "root", "run", "sys"];

    /// <summary>Writes the compressed archive.</summary>
    /// <param name="stage1">The static executable that becomes <c>/init</c>.</param>
    /// <param name="store">Where the modules are.</param>
    /// <param name="modules">In loading order; the order is kept in <c>/modules/list</c>.</param>
    /// <param name="path">The archive to write.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task WriteAsync(string stage1, ModuleStore store, IReadOnlyList<string> modules, string path, CancellationToken ct)
    {
        using MemoryStream archive = new();
        CpioWriter cpio = new(archive);
        foreach (string folder in Folders)
        {
            cpio.AddDirectory(folder);
        }

        cpio.AddFile("init", await File.ReadAllBytesAsync(stage1, ct), ExecutableMode);
        foreach (string module in modules)
        {
            cpio.AddFile($"modules/{module}.ko", await File.ReadAllBytesAsync(store.Uncompressed(module), ct));
        }

        cpio.AddFile("modules/list", Encoding.ASCII.GetBytes(string.Concat(modules.Select(m => $"{m}.ko\n"))));
        cpio.Finish();

        archive.Position = 0;
        await using FileStream output = File.Create(path);
        await Tool.RunAsync("zstd", ["-q", Level, "-T1", "-c"], stdin => archive.CopyToAsync(stdin, ct), output, ct: ct);
    }
}
