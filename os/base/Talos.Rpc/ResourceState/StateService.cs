using Grpc.Core;
using Talos.Cosi;
using Talos.Rpc.Authorization;
using Wire = Talos.Api.Cosi;

namespace Talos.Rpc.ResourceState;

/// <summary>The resource state over gRPC: reading and watching. Resources are written by controllers alone.</summary>
public sealed class StateService(IState state, ResourceCatalog catalog) : Wire.State.StateBase
{
    /// <inheritdoc/>
    public override Task<Wire.GetResponse> Get(Wire.GetRequest request, ServerCallContext context)
    {
        catalog.CheckRead(request.Namespace, request.Type, context.Roles());

        ResourceAddress address = new(request.Namespace, request.Type, request.Id);
        Resource resource = StateOf(address.Namespace).Get(address)
            ?? throw new StateException(StateError.NotFound, address, "does not exist");
        return Task.FromResult(new Wire.GetResponse { Resource = WireResource.From(resource, catalog.FormatOf(address.Type)) });
    }

    /// <inheritdoc/>
    public override async Task List(Wire.ListRequest request, IServerStreamWriter<Wire.ListResponse> responseStream, ServerCallContext context)
    {
        catalog.CheckRead(request.Namespace, request.Type, context.Roles());

        Wire.ListOptions options = request.Options ?? new Wire.ListOptions();
        Func<Resource, bool>? wanted = ResourceQuery.Parse(options.LabelQuery, options.IdQuery);
        SpecFormat format = catalog.FormatOf(request.Type);
        foreach (Resource resource in StateOf(request.Namespace).List(request.Namespace, request.Type))
        {
            if (wanted is null || wanted(resource))
            {
                await responseStream.WriteAsync(new Wire.ListResponse { Resource = WireResource.From(resource, format) }, context.CancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    public override Task Watch(Wire.WatchRequest request, IServerStreamWriter<Wire.WatchResponse> responseStream, ServerCallContext context)
    {
        catalog.CheckRead(request.Namespace, request.Type, context.Roles());

        ResourceWatch watch = new(request, catalog.FormatOf(request.Type));
        return watch.RunAsync(StateOf(request.Namespace), responseStream, context.CancellationToken);
    }

    /// <inheritdoc/>
    public override Task<Wire.CreateResponse> Create(Wire.CreateRequest request, ServerCallContext context) => throw WriteRefused();

    /// <inheritdoc/>
    public override Task<Wire.UpdateResponse> Update(Wire.UpdateRequest request, ServerCallContext context) => throw WriteRefused();

    /// <inheritdoc/>
    public override Task<Wire.DestroyResponse> Destroy(Wire.DestroyRequest request, ServerCallContext context) => throw WriteRefused();

    /// <inheritdoc/>
    public override Task<Wire.TeardownResponse> Teardown(Wire.TeardownRequest request, ServerCallContext context) => throw WriteRefused();

    /// <inheritdoc/>
    public override Task<Wire.TeardownAndDestroyResponse> TeardownAndDestroy(Wire.TeardownAndDestroyRequest request, ServerCallContext context) =>
        throw WriteRefused();

    private static RpcException WriteRefused() => new(new Status(StatusCode.PermissionDenied, "write access is not allowed"));

    private IState StateOf(string ns) => ns == DefinitionOfResource.Definition.Namespace ? catalog.Meta : state;
}
