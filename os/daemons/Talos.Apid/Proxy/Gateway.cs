using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Talos.Apid.Hosting;
using Talos.Apid.Routing;
using Talos.Pki;
using Talos.Rpc.Authorization;

namespace Talos.Apid.Proxy;

/// <summary>Every call of a client: who is it, may it, where does it go.</summary>
internal sealed partial class Gateway(Func<ApidIdentity> identity, Backends backends, TimeProvider time, ILogger<Gateway> log)
{
    private const string ContentType = "application/grpc";

    public async Task HandleAsync(HttpContext context)
    {
        if (context.Request.ContentType?.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase) != true || !HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        context.Response.ContentType = context.Request.ContentType;
        TimeSpan? timeout = GrpcTimeout.Parse(context.Request.Headers[GrpcTimeout.Header]);
        using CancellationTokenSource deadline = new(timeout ?? Timeout.InfiniteTimeSpan, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, context.RequestAborted);
        try
        {
            await RouteAsync(context, ending.Token);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller is gone; there is nobody to answer.
        }
        catch (OperationCanceledException)
        {
            Reply.End(context.Response, new Status(StatusCode.DeadlineExceeded, $"the deadline of {timeout} has passed"));
        }
        catch (InvalidDataException e)
        {
            Reply.End(context.Response, new Status(StatusCode.Internal, e.Message));
        }
        catch (IOException e) when (!context.RequestAborted.IsCancellationRequested)
        {
            LogFailed(context.Request.Path, e);
            Reply.End(context.Response, new Status(StatusCode.Unavailable, e.Message));
        }
    }

    private Task RouteAsync(HttpContext context, CancellationToken ct)
    {
        ApidIdentity now = identity();
        string method = context.Request.Path.Value ?? "";
        if (RolesOf(context, now) is not { } roles)
        {
            return Refuse(context, StatusCode.Unauthenticated, "a client certificate is wanted");
        }

        if (!Authorizer.IsAllowed(method, roles))
        {
            LogDenied(method, string.Join(' ', roles), context.Connection.RemoteIpAddress?.ToString() ?? "");
            return Refuse(context, StatusCode.PermissionDenied, "not authorized");
        }

        IHeaderDictionary headers = context.Request.Headers;
        Route route = Director.Direct(
            method,
            Authorizer.Parse(headers[Director.NodeKey]),
            Authorizer.Parse(headers[Director.NodesKey]),
            headers.ContainsKey(Director.ProxyFromKey),
            now.Routing,
            now.Local);

        return route switch
        {
            Route.One one => Forwarder.ForwardAsync(context, BackendFor(one.Target, now), roles, ct),
            Route.Many many => Aggregator.RunAsync(
                context, [.. many.Targets.Select(t => (t, BackendFor(t, now)))], roles, StreamingMethods.Contains(method), ct),
            Route.Refused refused => Refuse(context, refused.Code, refused.Reason),
            _ => Forwarder.ForwardAsync(context, backends.Local, roles, ct),
        };
    }

    private Backend BackendFor(string target, ApidIdentity now) =>
        now.Local.Contains(target) ? backends.Local : backends.Peer(target, now.Peers!);

    // Null: there is no certificate although one is wanted, as on a connection from before the node had its config.
    private static IReadOnlyList<string>? RolesOf(HttpContext context, ApidIdentity now)
    {
        if (now.Maintenance)
        {
            return [Role.Reader.Name];
        }

        if (context.Connection.ClientCertificate is not X509Certificate2 certificate)
        {
            return null;
        }

        IReadOnlyList<string> roles = Certificates.Organizations(certificate);
        return roles.Contains(Role.Impersonator.Name)
            ? Authorizer.Parse(context.Request.Headers[CallRoles.MetadataKey])
            : roles;
    }

    private static Task Refuse(HttpContext context, StatusCode code, string reason)
    {
        Reply.End(context.Response, new Status(code, reason));
        return Task.CompletedTask;
    }

    [LoggerMessage(LogLevel.Warning, "Call {Method} refused: roles [{Roles}] of {Peer} may not")]
    private partial void LogDenied(string method, string roles, string peer);

    [LoggerMessage(LogLevel.Warning, "Call {Method} failed")]
    private partial void LogFailed(string method, Exception error);
}
