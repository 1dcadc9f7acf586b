using Grpc.Core;
using Grpc.Core.Interceptors;
using Talos.Fleet.Hub.Rest;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Grpc;

/// <summary>gRPC on the HTTPS port: the protos are in <c>fleet-agent/schema/talos/fleet/v1</c>, the deeds are those of the REST interface.</summary>
internal static class GrpcSetup
{
    private const int MaxMessage = 1 << 20;

    public static void AddFleetGrpc(this IServiceCollection services)
    {
        services.AddGrpc(o =>
        {
            o.Interceptors.Add<Refusal>();
            o.MaxReceiveMessageSize = MaxMessage;
        });
        services.AddSingleton<Refusal>();
    }

    public static void MapFleetGrpc(this WebApplication app)
    {
        app.MapGrpcService<NodeApi>();
        app.MapGrpcService<RolloutApi>();
        app.MapGrpcService<CommandApi>();
        app.MapGrpcService<TokenApi>();
    }

    public static Task<Caller> RequireAsync(this Access access, ServerCallContext context, FleetRole role) => access.RequireAsync(context.GetHttpContext(), role);

    /// <summary>A limit of a list; 0 is the usual one.</summary>
    public static int Limit(int limit) => Routes.Limit(limit == 0 ? null : limit);
}

/// <summary>Turns what is refused into a status with the same line as over REST.</summary>
internal sealed class Refusal : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (RequestException e)
        {
            throw Status(e);
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (RequestException e)
        {
            throw Status(e);
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            // The client left.
        }
    }

    private static RpcException Status(RequestException e) => new(new Status(
        e.Status switch
        {
            StatusCodes.Status400BadRequest => StatusCode.InvalidArgument,
            StatusCodes.Status401Unauthorized => StatusCode.Unauthenticated,
            StatusCodes.Status403Forbidden => StatusCode.PermissionDenied,
            StatusCodes.Status404NotFound => StatusCode.NotFound,
            StatusCodes.Status409Conflict => StatusCode.FailedPrecondition,
            StatusCodes.Status413PayloadTooLarge => StatusCode.ResourceExhausted,
            StatusCodes.Status503ServiceUnavailable => StatusCode.Unavailable,
            _ => StatusCode.Unknown,
        },
        e.Message));
}
