using Grpc.Core;
using Talos.Fleet.Api;
using Talos.Fleet.Hub.Identity;
using Talos.Fleet.Hub.Rest;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Grpc;

/// <summary>Tokens with which nodes enrol.</summary>
internal sealed class TokenApi(Access access, TokenService tokens) : V1.TokenService.TokenServiceBase
{
    public override async Task<V1.Token> Create(V1.CreateTokenRequest request, ServerCallContext context)
    {
        Caller caller = await access.RequireAsync(context, FleetRole.Admin);
        TokenRequest asked = new() { Node = GrpcMapping.OrNull(request.Node), Labels = request.Labels.ToDictionary() };
        asked.Uses = request.Uses == 0 ? asked.Uses : request.Uses;
        asked.ExpiresSeconds = request.ExpiresSeconds == 0 ? asked.ExpiresSeconds : request.ExpiresSeconds;
        return (await tokens.CreateAsync(asked, caller, context.CancellationToken)).ToProto();
    }

    public override async Task<V1.ListTokensResponse> List(V1.ListTokensRequest request, ServerCallContext context)
    {
        await access.RequireAsync(context, FleetRole.Admin);
        return new V1.ListTokensResponse { Tokens = { (await tokens.ListAsync(context.CancellationToken)).Select(t => t.ToProto()) } };
    }

    public override async Task<V1.DeleteTokenResponse> Delete(V1.DeleteTokenRequest request, ServerCallContext context)
    {
        Caller caller = await access.RequireAsync(context, FleetRole.Admin);
        await tokens.DeleteAsync(request.Id, caller, context.CancellationToken);
        return new V1.DeleteTokenResponse();
    }
}
