using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Runtime;

/// <summary>What the node is doing, and whether it is ready; the id is <c>machine</c>.</summary>
public sealed record MachineStatus : IResourceSpec<MachineStatus>
{
    /// <summary>The only id.</summary>
    public const string Id = "machine";

    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("MachineStatuses.runtime.talos.dev", "runtime")
    {
        PrintColumns = [new PrintColumn("Stage", "{.stage}"), new PrintColumn("Ready", "{.status.ready}")],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<MachineStatus> Json => RuntimeJson.Default.MachineStatus;

    /// <summary>The sequence the node is in.</summary>
    public required MachineStage Stage { get; init; }

    /// <summary>Readiness within the stage.</summary>
    public MachineReadiness Status { get; init; } = new();
}

/// <summary>Whether a node is ready, and what is missing.</summary>
public sealed record MachineReadiness
{
    /// <summary>Whether nothing is missing.</summary>
    public bool Ready { get; init; }

    /// <summary>What is missing, by name and reason.</summary>
    [JsonConverter(typeof(ValueListConverter<UnmetCondition>))]
    public ValueList<UnmetCondition> UnmetConditions { get; init; }
}

/// <summary>One thing that keeps a node from being ready.</summary>
/// <param name="Name">Short name, such as <c>services</c>.</param>
/// <param name="Reason">What is wrong.</param>
public sealed record UnmetCondition(string Name, string Reason);

/// <summary>The sequence a node is in. Numbers as in the machine API.</summary>
[JsonConverter(typeof(MachineStageConverter))]
public enum MachineStage
{
    /// <summary>Not known yet.</summary>
    Unknown = 0,

    /// <summary>On its way up.</summary>
    Booting = 1,

    /// <summary>Being installed.</summary>
    Installing = 2,

    /// <summary>Without a machine config, waiting for one.</summary>
    Maintenance = 3,

    /// <summary>Up.</summary>
    Running = 4,

    /// <summary>On its way down, to come back.</summary>
    Rebooting = 5,

    /// <summary>On its way down, to stay so.</summary>
    ShuttingDown = 6,

    /// <summary>Being wiped.</summary>
    Resetting = 7,

    /// <summary>Taking an update.</summary>
    Upgrading = 8,
}

/// <summary>Writes a stage as the API's clients know it: lower case, words parted by a blank.</summary>
internal sealed class MachineStageConverter : JsonConverter<MachineStage>
{
    public override MachineStage Read(ref System.Text.Json.Utf8JsonReader reader, Type typeToConvert, System.Text.Json.JsonSerializerOptions options) =>
        Enum.TryParse(reader.GetString()?.Replace(" ", "", StringComparison.Ordinal), ignoreCase: true, out MachineStage stage)
            ? stage
            : throw new System.Text.Json.JsonException("unknown machine stage");

    public override void Write(System.Text.Json.Utf8JsonWriter writer, MachineStage value, System.Text.Json.JsonSerializerOptions options) =>
        writer.WriteStringValue(value switch
        {
            MachineStage.Unknown => "unknown",
            MachineStage.Booting => "booting",
            MachineStage.Installing => "installing",
            MachineStage.Maintenance => "maintenance",
            MachineStage.Running => "running",
            MachineStage.Rebooting => "rebooting",
            MachineStage.ShuttingDown => "shutting down",
            MachineStage.Resetting => "resetting",
            MachineStage.Upgrading => "upgrading",
        });
}
