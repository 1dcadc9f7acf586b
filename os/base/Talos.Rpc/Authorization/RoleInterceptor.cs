using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Talos.Rpc.Authorization;

/// <summary>Asks the rule of admission at each call on a socket that only trusted processes can open; roles come in the metadata.</summary>
/// <param name="source">Who is let in; null on a server that has no maintenance.</param>
public sealed class RoleInterceptor(IAdmissionSource? source) : Interceptor
{
    /// <inheritdoc/>
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        Check(context);
        return continuation(request, context);
    }

    /// <inheritdoc/>
    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        Check(context);
        await using CancellationTokenRegistration ending = EndWithMaintenance(context);
        return await continuation(requestStream, context);
    }

    /// <inheritdoc/>
    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        Check(context);
        await using CancellationTokenRegistration ending = EndWithMaintenance(context);
        await continuation(request, responseStream, context);
    }

    /// <inheritdoc/>
    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        Check(context);
        await using CancellationTokenRegistration ending = EndWithMaintenance(context);
        await continuation(requestStream, responseStream, context);
    }

    private void Check(ServerCallContext context)
    {
        Admission admission = source?.Admission ?? Admission.Members;
        if (AdmissionRules.Refuse(context.Method, context.IsAnonymous(), context.Roles(), admission) is { } refusal)
        {
            throw new RpcException(refusal);
        }
    }

    /// <summary>A stream that was opened without a certificate ends when the node gets its config: who reads it is nobody's friend then.</summary>
    private CancellationTokenRegistration EndWithMaintenance(ServerCallContext context) =>
        source is not null && context.IsAnonymous()
            ? source.MaintenanceEnds.Register(static http => ((Microsoft.AspNetCore.Http.HttpContext)http!).Abort(), context.GetHttpContext())
            : default;
}
