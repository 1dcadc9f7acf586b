using System.Text;
using Talos.Imager.Elf;

namespace Talos.Imager.Modules;

/// <summary>What a kernel module says about itself in its section <c>.modinfo</c>.</summary>
/// <param name="Depends">Modules whose symbols it uses; they are loaded before it.</param>
/// <param name="Before">Modules it wants before it without using their symbols (<c>softdep=pre:</c>); optional.</param>
internal sealed record ModuleInfo(IReadOnlyList<string> Depends, IReadOnlyList<string> Before)
{
    private const string DependsKey = "depends=";
    private const string SoftKey = "softdep=pre:";

    /// <summary>Reads an uncompressed module.</summary>
    /// <exception cref="InvalidDataException">It is not an ELF file.</exception>
    public static ModuleInfo Parse(ReadOnlyMemory<byte> module)
    {
        string[] fields = Encoding.UTF8.GetString(ElfFile.Parse(module).Section(".modinfo").Span).Split('\0');
        return new ModuleInfo(Values(fields, DependsKey, ','), Values(fields, SoftKey, ' '));
    }

    /// <summary>The one spelling of a module name: file names have both <c>-</c> and <c>_</c>.</summary>
    public static string Normal(string name) => name.Replace('-', '_');

    private static string[] Values(string[] fields, string key, char separator) =>
    [
        .. fields.Where(f => f.StartsWith(key, StringComparison.Ordinal))
            .SelectMany(f => f[key.Length..].Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .TakeWhile(v => v != "post:")
            .Select(Normal),
    ];
}
