using System.Text;
using Talos.Cosi;
using Talos.Resources.Runtime;

namespace Talos.Resources.Tests;

public sealed class SpecJsonTests
{
    [Fact]
    public void A_machine_status_is_written_as_clients_know_it()
    {
        MachineStatus status = new()
        {
            Stage = MachineStage.ShuttingDown,
            Status = new MachineReadiness { UnmetConditions = [new UnmetCondition("services", "kubelet not healthy")] },
        };

        string json = Encoding.UTF8.GetString(Resource<MachineStatus>.Create(MachineStatus.Id, status).SpecAsJson());

        Assert.Equal(
            """{"stage":"shutting down","status":{"ready":false,"unmetConditions":[{"name":"services","reason":"kubelet not healthy"}]}}""", json);
    }

    [Fact]
    public void Two_equal_specs_with_lists_are_equal() =>
        Assert.Equal(
            new ServiceSpec { Executable = "/usr/bin/apid", Cgroup = "system/apid", DependsOn = ["machined"] },
            new ServiceSpec { Executable = "/usr/bin/apid", Cgroup = "system/apid", DependsOn = ["machined"] });

    [Fact]
    public void A_service_status_has_the_columns_of_the_machine_API() =>
        Assert.Equal(["Running", "Healthy", "Health Unknown"], ServiceStatus.Definition.PrintColumns.Select(c => c.Name));
}
