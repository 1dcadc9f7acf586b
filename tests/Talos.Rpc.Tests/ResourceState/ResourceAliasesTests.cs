using Talos.Cosi;
using Talos.Rpc.ResourceState;

namespace Talos.Rpc.Tests.ResourceState;

public class ResourceAliasesTests
{
    [Theory]
    [InlineData("MachineConfigs.config.talos.dev", "", "machineconfig machineconfigs machineconfigs.config machineconfigs.config.talos mc mcs")]
    [InlineData("AddressStatuses.net.talos.dev", "address addresses", "address addresses addressstatus addressstatuses addressstatuses.net addressstatuses.net.talos as")]
    [InlineData("SBOMItems.talos.dev", "", "sbomitem sbomitems sbomitems.talos sbomi sbomis")]
    [InlineData("Identities.cluster.talos.dev", "", "identity identities identities.cluster identities.cluster.talos i is")]
    public void Aliases_follow_from_the_name(string type, string declared, string expected)
    {
        ResourceDefinition definition = new(type, "ns") { Aliases = declared.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToValueList() };

        Assert.Equal(expected, string.Join(' ', ResourceAliases.All(definition)));
    }
}
