using Talos.Containers;
using Talos.Machined.Configuration;
using Talos.Machined.Events;
using Talos.Machined.Logging;
using Talos.Machined.Node;
using Talos.Machined.Sequences;
using Talos.Machined.Updates;

namespace Talos.Machined.Api;

/// <summary>What the API is a window to.</summary>
/// <param name="Node">Services, state, sequencer, stage.</param>
/// <param name="Tasks">The tasks of the sequences.</param>
/// <param name="Config">The machine config.</param>
/// <param name="Containers">Pods, containers, images.</param>
/// <param name="Meta">The values of META that callers may change.</param>
/// <param name="Events">What happened.</param>
/// <param name="KernelLog">The kernel log.</param>
/// <param name="Updates">Updates of the system.</param>
internal sealed record ApiContext(
    NodeContext Node, NodeTasks Tasks, IConfigurationService Config, IContainerQueries Containers, UserMeta Meta, EventLog Events,
    KernelLogTail KernelLog, UpdateModule Updates);
