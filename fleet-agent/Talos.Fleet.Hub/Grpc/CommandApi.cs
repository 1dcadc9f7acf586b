using Grpc.Core;
using Talos.Fleet.Api;
using Talos.Fleet.Hub.Orders;
using Talos.Fleet.Hub.Rest;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Grpc;

/// <summary>Commands to nodes.</summary>
internal sealed class CommandApi(Access access, CommandService commands) : V1.CommandService.CommandServiceBase
{
    public override async Task<V1.Command> Create(V1.CreateCommandRequest request, ServerCallContext context)
    {
        Caller caller = await access.RequireAsync(context, FleetRole.Operator);
        CommandRequest asked = new()
        {
            Kind = GrpcMapping.Read<CommandKind>("kind", (int)request.Kind),
            Id = GrpcMapping.OrNull(request.Id),
            BundleId = GrpcMapping.OrNull(request.BundleId),
            Force = request.Force,
            Patch = GrpcMapping.OrNull(request.Patch),
        };
        asked.ExpiresSeconds = request.ExpiresSeconds == 0 ? asked.ExpiresSeconds : request.ExpiresSeconds;
        return (await commands.GiveAsync(request.Node, asked, caller, context.CancellationToken)).ToProto();
    }

    public override async Task<V1.ListCommandsResponse> List(V1.ListCommandsRequest request, ServerCallContext context)
    {
        await access.RequireAsync(context, FleetRole.Viewer);
        List<CommandRecord> all = await commands.ListAsync(request.Node, GrpcSetup.Limit(request.Limit), context.CancellationToken);
        return new V1.ListCommandsResponse { Commands = { all.Select(c => c.ToProto()) } };
    }

    public override async Task<V1.Command> Get(V1.GetCommandRequest request, ServerCallContext context)
    {
        await access.RequireAsync(context, FleetRole.Viewer);
        return (await commands.FindAsync(request.Node, request.Id, context.CancellationToken)).ToProto();
    }
}
