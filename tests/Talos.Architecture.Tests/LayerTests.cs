namespace Talos.Architecture.Tests;

/// <summary>The 'never' arrows of the layout, checked on the project files.</summary>
public sealed class LayerTests
{
    [Fact]
    public void A_capability_refers_to_no_other_capability() =>
        Forbidden((from, to) => Capability(from) && Capability(to));

    [Fact]
    public void A_base_project_refers_only_to_base_projects() =>
        Forbidden((from, to) => from.StartsWith("os/base/", StringComparison.Ordinal) && !to.StartsWith("os/base/", StringComparison.Ordinal));

    [Fact]
    public void A_host_tool_refers_to_nothing_that_runs_on_the_node() =>
        Forbidden((from, to) => from.StartsWith("os/host/", StringComparison.Ordinal) && (Capability(to) || Daemon(to) || to is "os/base/Talos.Services" or "fleet-agent/Talos.Fleet.Hub" or "fleet-agent/Talos.Fleet.Agent"));

    [Fact]
    public void The_fleet_agent_refers_to_nothing_inside_machined() =>
        Forbidden((from, to) => from.StartsWith("fleet-agent/", StringComparison.Ordinal) && (Capability(to) || Daemon(to) || to == "os/base/Talos.Services"));

    [Fact]
    public void Only_machined_refers_to_daemons() =>
        Forbidden((from, to) => from != "os/daemons/Talos.Machined" && Daemon(to));

    [Theory]
    [InlineData("os/base/Talos.Cosi", "")]
    [InlineData("os/base/Talos.Api", "")]
    [InlineData("os/base/Talos.Pki", "")]
    [InlineData("os/base/Talos.Disks", "")]
    [InlineData("os/base/Talos.Linux", "")]
    [InlineData("boards/Talos.Boards", "")]
    [InlineData("os/base/Talos.Resources", "Cosi")]
    [InlineData("os/base/Talos.Config", "Pki")]
    [InlineData("os/base/Talos.Rpc", "Api Cosi Pki")]
    [InlineData("os/base/Talos.Services", "Cosi Resources Linux")]
    public void A_base_project_refers_only_to_what_the_layout_names(string project, string allowed) =>
        Forbidden((from, to) => from == project && !allowed.Split(' ').Any(a => to == $"os/base/Talos.{a}"));

    [Theory]
    [InlineData("ota/Talos.Ota.Slots", "boards/Talos.Boards os/base/Talos.Disks")]
    [InlineData("ota/Talos.Ota.BootControl", "ota/Talos.Ota.Slots boards/Talos.Boards os/base/Talos.Linux")]
    [InlineData("ota/Talos.Ota.Engine", "ota/Talos.Ota.Bundle ota/Talos.Ota.Delta ota/Talos.Ota.Slots ota/Talos.Ota.BootControl boards/Talos.Boards os/base/Talos.Cosi os/base/Talos.Resources os/base/Talos.Disks os/base/Talos.Pki os/base/Talos.Linux")]
    public void An_update_project_refers_only_to_what_the_layout_names(string project, string allowed) =>
        Forbidden((from, to) => from == project && !allowed.Split(' ').Contains(to));

    [Theory]
    [InlineData("fleet-agent/Talos.Fleet.Protocol", "")]
    [InlineData("fleet-agent/Talos.Fleet.Rollouts", "fleet-agent/Talos.Fleet.Protocol")]
    [InlineData("fleet-agent/Talos.Fleet.Api", "fleet-agent/Talos.Fleet.Protocol fleet-agent/Talos.Fleet.Rollouts")]
    [InlineData("fleet-agent/Talos.Fleet.Pages", "fleet-agent/Talos.Fleet.Api fleet-agent/Talos.Fleet.Protocol fleet-agent/Talos.Fleet.Rollouts")]
    [InlineData("fleet-agent/Talos.Fleet.Hub", "fleet-agent/Talos.Fleet.Api fleet-agent/Talos.Fleet.Pages fleet-agent/Talos.Fleet.Protocol fleet-agent/Talos.Fleet.Rollouts fleet-agent/Talos.Fleet.Sparkplug ota/Talos.Ota.Bundle")]
    [InlineData("fleet-agent/Talos.Fleet.Sparkplug", "")]
    [InlineData("fleet-agent/Talos.Fleet.Agent", "fleet-agent/Talos.Fleet.Protocol os/base/Talos.Api os/base/Talos.Rpc os/base/Talos.Pki os/base/Talos.Config os/base/Talos.Linux")]
    public void A_fleet_project_refers_only_to_what_is_named_here(string project, string allowed) =>
        Forbidden((from, to) => from == project && !allowed.Split(' ').Contains(to));

    [Fact]
    public void A_pure_project_refers_only_to_pure_projects()
    {
        HashSet<string> pure = [.. from file in Repository.Files(".", "*.csproj")
                                   where Repository.Read(file).Contains("<TalosPure>true</TalosPure>", StringComparison.Ordinal)
                                   select Path.GetDirectoryName(Path.GetRelativePath(".", file))!];

        Assert.NotEmpty(pure);
        Forbidden((from, to) => pure.Contains(from) && !pure.Contains(to));
    }

    private static bool Capability(string project) => project.StartsWith("os/capabilities/", StringComparison.Ordinal);

    private static bool Daemon(string project) => project.StartsWith("os/daemons/", StringComparison.Ordinal);

    private static void Forbidden(Func<string, string, bool> rule) =>
        Assert.Empty(from arrow in Repository.Arrows() where rule(arrow.Project, arrow.Target) select $"{arrow.Project} -> {arrow.Target}");
}
