using System.Globalization;
using Talos.Boards;
using Talos.Imager.Verity;

namespace Talos.Imager.Uki;

/// <summary>Composes the kernel command line. It names no slot: the same UKI is installed to either, and stage 1 finds the root by its hash.</summary>
internal static class CommandLine
{
    /// <summary>Longest command line of arm64. Source: Linux, arch/arm64/include/uapi/asm/setup.h, COMMAND_LINE_SIZE.</summary>
    public const int MostCharacters = 2048;

    /// <summary>Arguments in this order: root, platform and board, those of every board, the board's, consoles, the caller's.</summary>
    /// <param name="root">The verified root this kernel belongs to.</param>
    /// <param name="board">The board.</param>
    /// <param name="common">Arguments of every board.</param>
    /// <param name="further">Arguments of this build alone.</param>
    /// <exception cref="ImagerException">Longer than the kernel reads.</exception>
    public static string Compose(VerityRoot root, Board board, IReadOnlyList<string> common, IReadOnlyList<string> further)
    {
        List<string> arguments =
        [
            $"talos.verity.roothash={root.RootHash}",
            $"talos.verity.salt={root.Salt}",
            $"talos.verity.datablocks={root.DataBlocks.ToString(CultureInfo.InvariantCulture)}",
            "talos.platform=metal",
            $"talos.board={board.Name}",
            .. board.Watchdog is { } watchdog ? [$"talos.watchdog={watchdog}"] : (string[])[],
            .. common,
            .. board.KernelArgs,
            .. board.Consoles.Select(c => $"console={c}"),
            .. further,
        ];

        string line = string.Join(' ', arguments);
        return line.Length < MostCharacters
            ? line
            : throw new ImagerException($"kernel command line: {line.Length} characters are more than {MostCharacters - 1}");
    }
}
