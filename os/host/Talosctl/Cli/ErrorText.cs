using System.Net.Sockets;
using System.Security.Authentication;
using Grpc.Core;

namespace Talosctl.Cli;

/// <summary>Turns what went wrong into one line.</summary>
internal static class ErrorText
{
    public static string Of(Exception problem) => problem switch
    {
        RpcException rpc => Of(rpc),
        OperationCanceledException => "interrupted",
        _ when problem.InnerException is { } inner && inner.Message != problem.Message => $"{problem.Message}: {Of(inner)}",
        _ => problem.Message,
    };

    private static string Of(RpcException rpc)
    {
        Exception? cause = rpc.Status.DebugException;
        while (cause?.InnerException is { } inner)
        {
            cause = inner;
        }

        return (rpc.StatusCode, cause) switch
        {
            (StatusCode.Unavailable, SocketException { SocketErrorCode: SocketError.ConnectionRefused }) =>
                "connection refused: nothing listens there; is the node up, and is it the right endpoint?",
            (StatusCode.Unavailable or StatusCode.Internal, AuthenticationException e) => $"TLS handshake failed: {e.Message}",
            (StatusCode.Unavailable, not null) => $"{cause.Message}",
            (StatusCode.PermissionDenied, _) => $"permission denied: {rpc.Status.Detail}",
            (StatusCode.Unauthenticated, _) => $"not authenticated: {rpc.Status.Detail}",
            (StatusCode.Unimplemented, _) => $"not implemented by this node: {rpc.Status.Detail}",
            (StatusCode.DeadlineExceeded, _) => "the node did not answer in time",
            (StatusCode.NotFound, _) => $"not found: {rpc.Status.Detail}",
            (StatusCode.InvalidArgument, _) => rpc.Status.Detail,
            _ => $"{rpc.StatusCode}: {rpc.Status.Detail}",
        };
    }
}
