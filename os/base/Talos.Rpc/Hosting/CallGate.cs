using Grpc.Core;
using Grpc.Core.Interceptors;
using Talos.Pki;
using Talos.Rpc.Authorization;

namespace Talos.Rpc.Hosting;

/// <summary>Bounds the work of all calls together, whatever they do: administrators have a lane that nobody else can fill.</summary>
public sealed class CallGate : Interceptor
{
    /// <summary>Calls of one lane that work at the same time. Two, so that one long call does not hold up the others.</summary>
    public const int Places = 2;

    /// <summary>Open calls of a lane.</summary>
    public const int Open = 512;

    /// <summary>Open calls of a lane that read folders.</summary>
    public const int Heavy = 8;

    private static readonly HashSet<string> HeavyMethods = new(StringComparer.Ordinal)
    {
        "/machine.MachineService/Copy", "/machine.MachineService/DiskUsage", "/machine.MachineService/List",
    };

    private readonly CallLane _admins = new(Places, Open, Heavy);
    private readonly CallLane _others = new(Places, Open, Heavy);

    /// <inheritdoc/>
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        RunAsync(context, () => continuation(request, context));

    /// <inheritdoc/>
    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        RunAsync(context, () => continuation(requestStream, context));

    /// <inheritdoc/>
    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        RunAsync(context, async () =>
        {
            await continuation(request, responseStream, context);
            return true;
        });

    /// <inheritdoc/>
    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        RunAsync(context, async () =>
        {
            await continuation(requestStream, responseStream, context);
            return true;
        });

    private async Task<T> RunAsync<T>(ServerCallContext context, Func<Task<T>> call)
    {
        CallLane lane = context.HasRole(Role.Admin) ? _admins : _others;
        bool isHeavy = HeavyMethods.Contains(context.Method);
        if (lane.Enter(isHeavy) is { } refusal)
        {
            throw new RpcException(new Status(StatusCode.ResourceExhausted, refusal));
        }

        try
        {
            return await lane.RunAsync(call);
        }
        finally
        {
            lane.Leave(isHeavy);
        }
    }
}
