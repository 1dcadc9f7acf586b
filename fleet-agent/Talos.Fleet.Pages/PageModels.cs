using Talos.Fleet.Api;
using Talos.Fleet.Protocol;
using Talos.Fleet.Rollouts;

namespace Talos.Fleet.Pages;

/// <summary>Who looks, and when.</summary>
/// <param name="Caller">Name of the person.</param>
/// <param name="Role">What the person may do: what is above it is not shown.</param>
/// <param name="FormToken">Goes into every form; has to equal the one in the cookie.</param>
/// <param name="Now">The hub's time.</param>
/// <param name="SignedIn">Whether the person signed in, and so can sign out.</param>
public sealed record PageContext(string Caller, FleetRole Role, string FormToken, DateTimeOffset Now, bool SignedIn = false);

/// <summary>What the overview shows is limited to.</summary>
/// <param name="Board">Only this board.</param>
/// <param name="Version">Only this version.</param>
/// <param name="Presence">Only online, offline or lost ones.</param>
/// <param name="Label">Only with this label.</param>
/// <param name="Search">Only with this in the id or host name.</param>
/// <param name="After">Only those behind this id.</param>
public sealed record OverviewFilter(string? Board = null, string? Version = null, string? Presence = null, string? Label = null, string? Search = null, string? After = null);

/// <summary>The fleet.</summary>
/// <param name="Summary">In numbers.</param>
/// <param name="Nodes">Those that fit the filter, up to a limit.</param>
/// <param name="Filter">The filter.</param>
/// <param name="Open">Rollouts that are not over.</param>
public sealed record OverviewModel(FleetSummary Summary, Page<NodeSummary> Nodes, OverviewFilter Filter, IReadOnlyList<RolloutView> Open);

/// <summary>A node.</summary>
/// <param name="Detail">All of it.</param>
/// <param name="Telemetry">Its measurements, the oldest first.</param>
/// <param name="Events">Its last events, the oldest first.</param>
/// <param name="Commands">Its last commands, the newest first.</param>
/// <param name="Bundles">What it may be upgraded to.</param>
public sealed record NodeModel(
    NodeDetail Detail, IReadOnlyList<TelemetryRecord> Telemetry, IReadOnlyList<EventRecord> Events, IReadOnlyList<CommandRecord> Commands, IReadOnlyList<BundleRecord> Bundles);

/// <summary>All rollouts.</summary>
/// <param name="Rollouts">The newest first.</param>
/// <param name="Bundles">What a new one may bring.</param>
/// <param name="Boards">Boards of the fleet.</param>
/// <param name="HeldBack">Bundles that are held back.</param>
public sealed record RolloutsModel(IReadOnlyList<RolloutView> Rollouts, IReadOnlyList<BundleRecord> Bundles, IReadOnlyList<string> Boards, IReadOnlyList<HeldBackRecord> HeldBack);

/// <summary>A rollout.</summary>
/// <param name="View">How it stands.</param>
/// <param name="Nodes">Each node, in its order.</param>
public sealed record RolloutModel(RolloutView View, IReadOnlyList<NodeProgress> Nodes);
