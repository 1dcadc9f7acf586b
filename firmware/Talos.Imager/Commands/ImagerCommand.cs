using System.CommandLine;

namespace Talos.Imager.Commands;

/// <summary>The command line: its subcommands, by name.</summary>
internal static class ImagerCommand
{
    public static RootCommand Create() => new("Builds bootable images from locked components, a board descriptor and our binaries.")
    {
        BuildCommand.Create(),
        InspectCommand.Create(),
        ComponentsCommand.Create(),
        ComponentsCommand.CreateImages(),
    };
}
