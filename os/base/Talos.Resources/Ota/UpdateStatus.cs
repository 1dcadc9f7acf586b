using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Ota;

/// <summary>Where the update of this node is, and what became of earlier ones; the id is <c>update</c>.</summary>
public sealed record UpdateStatus : IResourceSpec<UpdateStatus>
{
    /// <summary>The only id.</summary>
    public const string Id = "update";

    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("UpdateStatuses." + ResourceJson.OwnDomain, "runtime")
    {
        Aliases = ["update"],
        PrintColumns =
        [
            new PrintColumn("State", "{.state}"),
            new PrintColumn("Version", "{.version}"),
            new PrintColumn("Percent", "{.percent}"),
            new PrintColumn("Message", "{.message}"),
            new PrintColumn("Last fallback", "{.lastFallback.reason}"),
        ],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<UpdateStatus> Json => OtaJson.Default.UpdateStatus;

    /// <summary><c>idle</c>, <c>checking</c>, <c>writing</c>, <c>verifying</c>, <c>trialpending</c>, <c>trial</c>, <c>committed</c>, <c>failed</c> or <c>cancelled</c>.</summary>
    public required string State { get; init; }

    /// <summary>The slot the node runs from: <c>A</c> or <c>B</c>; empty before that is known.</summary>
    public string RunningSlot { get; init; } = "";

    /// <summary>Version the update goes to; empty when there is none.</summary>
    public string Version { get; init; } = "";

    /// <summary>How far writing is, in whole percent.</summary>
    public int Percent { get; init; }

    /// <summary>Why it failed or was cancelled; empty otherwise.</summary>
    public string Message { get; init; } = "";

    /// <summary>No version below this one is installed; empty for any.</summary>
    public string Floor { get; init; } = "";

    /// <summary>The last time a trial ended in the old slot; null when none ever did.</summary>
    public Fallback? LastFallback { get; init; }

    /// <summary>Versions that failed here and are not tried again unless that is forced.</summary>
    [JsonConverter(typeof(ValueListConverter<FailedVersion>))]
    public ValueList<FailedVersion> FailedVersions { get; init; }
}

/// <summary>Why a trial ended in the old slot.</summary>
/// <param name="Slot">The slot that failed.</param>
/// <param name="Version">What it held.</param>
/// <param name="Stage">The last stage its boots reached; empty: its first process never ran.</param>
/// <param name="Reason">One sentence for people.</param>
/// <param name="Starts">How often it was started.</param>
/// <param name="At">When this was found out.</param>
public sealed record Fallback(string Slot, string Version, string Stage, string Reason, int Starts, DateTimeOffset At);

/// <summary>A version that failed on this node.</summary>
/// <param name="Version">Version.</param>
/// <param name="Reason">One sentence for people.</param>
/// <param name="At">When.</param>
public sealed record FailedVersion(string Version, string Reason, DateTimeOffset At);
