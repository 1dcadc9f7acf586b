using System.CommandLine;
using Talos.Imager.Commands;

namespace Talos.Imager.Tests.Commands;

public sealed class ComponentsCommandTests
{
    public static TheoryData<string> Names => [.. ComponentsCommand.Create().Subcommands.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_command_of_components_knows_the_options_of_the_store_it_opens(string name)
    {
        Command command = ComponentsCommand.Create().Subcommands.Single(c => c.Name == name);

        Assert.Contains(command.Options, o => o.Name == "--lock");
        Assert.Contains(command.Options, o => o.Name == "--repository");
    }
}
