using Talos.Cosi;
using Talos.Resources.Network;

namespace Talos.Network.Controllers;

/// <summary>Merges what the layers give of one type into what is in force.</summary>
/// <param name="name">Name of the type, for the controller's name.</param>
/// <param name="merge">Gets specs of one id ordered by layer, lowest first, and within a layer by id; never none.</param>
internal sealed class MergeController<T>(string name, Func<IReadOnlyList<T>, T> merge) : IController
    where T : class, IResourceSpec<T>, ILayeredSpec
{
    public string Name => $"network.{name}MergeController";

    public IReadOnlyList<ControllerInput> Inputs { get; } = [ControllerInput.Weak<T>()];

    public IReadOnlyList<ControllerOutput> Outputs { get; } = [ControllerOutput.Shared<T>()];

    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        HashSet<string> ids = [];
        foreach (IGrouping<string, Resource<T>> group in context.List<T>(NetworkNamespace.Config)
            .Where(r => r.Phase is ResourcePhase.Running)
            .GroupBy(r => r.Spec.MergedId))
        {
            ids.Add(group.Key);
            T merged = merge([.. group.OrderBy(r => r.Spec.Layer).ThenBy(r => r.Id, StringComparer.Ordinal).Select(r => r.Spec)]);
            if (context.Find<T>(group.Key) is { Phase: ResourcePhase.TearingDown })
            {
                // It comes back once its holder has let go; the change of phase wakes this controller.
                continue;
            }

            await context.WriteAsync(group.Key, merged, ct);
        }

        await context.KeepOnlyAsync<T>(ids, ct);
    }
}
