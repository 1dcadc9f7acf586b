using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Talos.Api.Inspect;
using Talos.Cosi;

namespace Talos.Machined.Api;

/// <summary>Which controller reads and writes what.</summary>
internal sealed class InspectApi(ControllerRuntime controllers) : InspectService.InspectServiceBase
{
    public override Task<ControllerRuntimeDependenciesResponse> ControllerRuntimeDependencies(Empty request, ServerCallContext context)
    {
        ControllerRuntimeDependency graph = new();
        foreach (IController controller in controllers.Controllers)
        {
            graph.Edges.AddRange(controller.Outputs.Select(o => Edge(
                controller, o.Resource, o.Kind is OutputKind.Exclusive ? DependencyEdgeType.OutputExclusive : DependencyEdgeType.OutputShared)));
            graph.Edges.AddRange(controller.Inputs.Select(i => Edge(
                controller, i.Resource, i.Kind is InputKind.Strong ? DependencyEdgeType.InputStrong : DependencyEdgeType.InputWeak)));
        }

        return Task.FromResult(new ControllerRuntimeDependenciesResponse { Messages = { graph } });
    }

    private static ControllerDependencyEdge Edge(IController controller, ResourceDefinition resource, DependencyEdgeType type) => new()
    {
        ControllerName = controller.Name,
        EdgeType = type,
        ResourceNamespace = resource.Namespace,
        ResourceType = resource.Type,
    };
}
