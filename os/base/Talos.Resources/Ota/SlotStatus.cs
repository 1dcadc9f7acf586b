using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Ota;

/// <summary>A slot as the boot loader sees it; the id is <c>A</c> or <c>B</c>.</summary>
public sealed record SlotStatus : IResourceSpec<SlotStatus>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("SlotStatuses." + ResourceJson.OwnDomain, "runtime")
    {
        Aliases = ["slot", "slots"],
        PrintColumns =
        [
            new PrintColumn("Condition", "{.condition}"),
            new PrintColumn("Version", "{.version}"),
            new PrintColumn("Running", "{.running}"),
            new PrintColumn("Next", "{.next}"),
            new PrintColumn("Tries left", "{.triesLeft}"),
        ],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<SlotStatus> Json => OtaJson.Default.SlotStatus;

    /// <summary><c>empty</c>, <c>good</c>, <c>trial</c> or <c>bad</c>.</summary>
    public required string Condition { get; init; }

    /// <summary>Version of the system it holds; empty when that is not known.</summary>
    public string Version { get; init; } = "";

    /// <summary>Whether the node runs from it.</summary>
    public bool Running { get; init; }

    /// <summary>Whether it starts at the next boot.</summary>
    public bool Next { get; init; }

    /// <summary>Starts left before the boot loader goes back; 0 unless on trial.</summary>
    public int TriesLeft { get; init; }

    /// <summary>Starts so far; 0 unless on trial or bad.</summary>
    public int TriesDone { get; init; }
}
