using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Talos.Apid.Proxy;

/// <summary>Sends a call to several nodes and joins the answers, each marked with its node. What fails on one node is an answer too.</summary>
internal static class Aggregator
{
    private const string AcceptEncodingHeader = "grpc-accept-encoding";

    /// <summary>Runs the call.</summary>
    /// <param name="context">The call; its status is always OK.</param>
    /// <param name="backends">The nodes, by the names that mark the answers.</param>
    /// <param name="call">The call as it is counted; when we end it, nothing is answered here.</param>
    /// <param name="isStream">Whether the method answers with a stream.</param>
    /// <param name="ct">Ends when the caller leaves or its deadline passes.</param>
    public static async Task RunAsync(
        HttpContext context, IReadOnlyList<(string Node, Backend Backend)> backends, OpenCall call, bool isStream, CancellationToken ct)
    {
        byte[] message = await GrpcFrames.ReadAsync(context.Request.Body, ct) ?? [];
        byte[] body = GrpcFrames.Frame(message);
        context.Request.Headers[AcceptEncodingHeader] = new StringValues("identity");

        await context.Response.StartAsync(ct);
        using var writing = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, call.Ended);
        using SemaphoreSlim turn = new(1);
        using SemaphoreSlim places = new(CallLimits.NodesAtOnce);
        int joined = 0;
        if (isStream)
        {
            await Task.WhenAll(backends.Select(b => StreamAsync(b.Node, b.Backend)));
        }
        else
        {
            byte[][] answers = await Task.WhenAll(backends.Select(b => OnceAsync(b.Node, b.Backend)));
            await WriteAsync([.. answers.SelectMany(a => a)]);
        }

        writing.Token.ThrowIfCancellationRequested();
        Reply.End(context.Response, Status.DefaultSuccess);

        async Task<byte[]> OnceAsync(string node, Backend backend)
        {
            byte[]? answer = null;
            await places.WaitAsync(ct);
            Status status;
            try
            {
                status = await CallAsync(backend, received =>
                {
                    if (Interlocked.Add(ref joined, received.Length) > CallLimits.JoinedBytes)
                    {
                        throw new InvalidDataException($"the answers of all nodes are longer than {CallLimits.JoinedBytes} bytes; ask fewer in one call");
                    }

                    answer = NodeMark.Once(received, node);
                    return Task.CompletedTask;
                });
            }
            finally
            {
                places.Release();
            }

            return status.StatusCode is StatusCode.OK && answer is not null ? answer : NodeMark.Failure(node, WithReason(status), stream: false);
        }

        async Task StreamAsync(string node, Backend backend)
        {
            Status status = await CallAsync(backend, received => WriteAsync(NodeMark.OfStream(received, node)));
            if (status.StatusCode is not StatusCode.OK)
            {
                await WriteAsync(NodeMark.Failure(node, status, stream: true));
            }
        }

        async Task WriteAsync(byte[] answer)
        {
            await turn.WaitAsync(writing.Token);
            try
            {
                await context.Response.BodyWriter.WriteAsync(GrpcFrames.Frame(answer), writing.Token);
            }
            finally
            {
                turn.Release();
            }
        }

        async Task<Status> CallAsync(Backend backend, Func<byte[], Task> take)
        {
            try
            {
                using ByteArrayContent content = new(body);
                using HttpRequestMessage request = ForwardedCall.Build(context.Request, backend, call.Caller, content);
                using HttpResponseMessage answer = await backend.Invoker.SendAsync(request, ct);
                if (GrpcStatus.Read(answer.Headers) is { } early)
                {
                    return early;
                }

                if (answer.StatusCode is not System.Net.HttpStatusCode.OK)
                {
                    return GrpcStatus.FromHttp((int)answer.StatusCode);
                }

                await using Stream messages = await answer.Content.ReadAsStreamAsync(ct);
                while (await GrpcFrames.ReadAsync(messages, ct) is { } received)
                {
                    await take(received);
                }

                return GrpcStatus.Read(answer.TrailingHeaders) ?? new Status(StatusCode.Unavailable, "the node ended its answer without a status");
            }
            catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException)
            {
                return GrpcStatus.FromTransport(e, backend.Name);
            }
            catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
            {
                return new Status(StatusCode.DeadlineExceeded, "the node did not answer in time");
            }
        }
    }

    private static Status WithReason(Status status) =>
        status.StatusCode is StatusCode.OK ? new Status(StatusCode.Internal, "the node gave no answer") : status;
}
