using Talos.Cosi;
using Talos.Resources.Network;

namespace Talos.Network.Controllers;

/// <summary>Merges what the layers give of one type into what is in force.</summary>
/// <param name="name">Name of the type, for the controller's name.</param>
/// <param name="merge">Gets all specs ordered by layer, lowest first, and within a layer by id; gives one a <see cref="ILayeredSpec.MergedId"/>.</param>
internal sealed class MergeController<T>(string name, Func<IReadOnlyList<T>, IEnumerable<T>> merge) : IController
    where T : class, IResourceSpec<T>, ILayeredSpec
{
    public string Name => $"network.{name}MergeController";

    public IReadOnlyList<ControllerInput> Inputs { get; } = [ControllerInput.Weak<T>()];

    public IReadOnlyList<ControllerOutput> Outputs { get; } = [ControllerOutput.Shared<T>()];

    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        HashSet<string> ids = [];
        IEnumerable<Resource<T>> given = context.List<T>(NetworkNamespace.Config)
            .Where(r => r.Phase is ResourcePhase.Running)
            .OrderBy(r => r.Spec.Layer)
            .ThenBy(r => r.Id, StringComparer.Ordinal);
        foreach (T merged in merge([.. given.Select(r => r.Spec)]))
        {
            ids.Add(merged.MergedId);
            if (context.Find<T>(merged.MergedId) is { Phase: ResourcePhase.TearingDown })
            {
                // It comes back once its holder has let go; the change of phase wakes this controller.
                continue;
            }

            await context.WriteAsync(merged.MergedId, merged, ct);
        }

        await context.KeepOnlyAsync<T>(ids, ct);
    }
}
