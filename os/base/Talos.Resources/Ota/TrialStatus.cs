using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Ota;

/// <summary>The trial of the slot the node runs from; the id is <c>trial</c>, absent when this boot is none.</summary>
public sealed record TrialStatus : IResourceSpec<TrialStatus>
{
    /// <summary>The only id.</summary>
    public const string Id = "trial";

    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("TrialStatuses." + ResourceJson.OwnDomain, "runtime")
    {
        Aliases = ["trial"],
        PrintColumns =
        [
            new PrintColumn("Slot", "{.slot}"),
            new PrintColumn("Verdict", "{.verdict}"),
            new PrintColumn("Deadline", "{.deadline}"),
            new PrintColumn("Missing", "{.missing}"),
        ],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<TrialStatus> Json => OtaJson.Default.TrialStatus;

    /// <summary>The slot: <c>A</c> or <c>B</c>.</summary>
    public required string Slot { get; init; }

    /// <summary><c>waiting</c>, <c>good</c> or <c>bad</c>.</summary>
    public required string Verdict { get; init; }

    /// <summary>When the trial fails unless the node is healthy, counted from the start of the first process, such as <c>10m0s</c>.</summary>
    public required string Deadline { get; init; }

    /// <summary>What is not healthy yet, one sentence each.</summary>
    [JsonConverter(typeof(ValueListConverter<string>))]
    public ValueList<string> Missing { get; init; }
}
