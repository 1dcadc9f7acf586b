using Talos.Config;
using Talos.Cosi;
using Talos.Resources.Config;
using Talos.Rpc.Authorization;

namespace Talos.Machined.Configuration;

/// <summary>Tells the rooms about the config: writes its resources.</summary>
internal sealed class ConfigPublisher(IState state)
{
    /// <summary>Owner of the resources.</summary>
    public const string Owner = "config.MachineConfiguration";

    private static readonly ValueMap TextAnnotation = ValueMap.Empty.With(MachineConfig.YamlSpecAnnotation, "1");

    /// <summary>Publishes the config on disk.</summary>
    public void Persistent(MachineConfiguration configuration) => Write(MachineConfig.PersistentId, new MachineConfig { Yaml = configuration.Yaml }, TextAnnotation);

    /// <summary>Publishes the config in effect, and the machine type with it.</summary>
    public void Active(MachineConfiguration configuration)
    {
        Write(MachineConfig.ActiveId, new MachineConfig { Yaml = configuration.Yaml }, TextAnnotation);
        if (configuration.IsComplete)
        {
            Write(MachineType.Id, new MachineType { Type = configuration.Kind is MachineKind.ControlPlane ? "controlplane" : "worker" }, TextAnnotation);
        }
    }

    /// <summary>Publishes what was found on STATE.</summary>
    public void Found(ConfigFinding finding) => Write(
        ConfigStatus.Id,
        new ConfigStatus { Maintenance = AdmissionRules.Of(finding) is Admission.Maintenance, Damaged = finding is ConfigFinding.Damaged });

    private void Write<T>(string id, T spec, ValueMap? annotations = null) where T : class, IResourceSpec<T>
    {
        Resource<T> wanted = Resource<T>.Create(id, spec);
        wanted = wanted with { Metadata = wanted.Metadata with { Annotations = annotations ?? ValueMap.Empty } };
        if (state.Get(wanted.Address) is not Resource existing)
        {
            state.Create(wanted, Owner);
        }
        else if (!existing.SpecEquals(wanted))
        {
            state.Update(wanted, Owner);
        }
    }
}
