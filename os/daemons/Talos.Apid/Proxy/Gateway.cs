using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Talos.Apid.Hosting;
using Talos.Apid.Routing;
using Talos.Pki;
using Talos.Rpc.Authorization;
using Talos.Rpc.Connections;

namespace Talos.Apid.Proxy;

/// <summary>Every call of a client: who is it, may it, where does it go.</summary>
internal sealed partial class Gateway(
    Func<ApidIdentity> identity, OpenCalls calls, Backends backends, TimeProvider time, ILogger<Gateway> log)
{
    private const string ContentType = "application/grpc";

    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(1);

    public async Task HandleAsync(HttpContext context)
    {
        if (context.Request.ContentType?.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase) != true || !HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        context.Response.ContentType = context.Request.ContentType;
        TimeSpan? timeout = GrpcTimeout.Parse(context.Request.Headers[GrpcTimeout.Header]);

        // A client may name thousands of years; a timer holds 49 days.
        timeout = timeout > LongestTimeout ? LongestTimeout : timeout;
        using CancellationTokenSource deadline = new(timeout ?? Timeout.InfiniteTimeSpan, time);
        OpenCall? call = null;
        try
        {
            (call, Route route, ApidIdentity now) = Admit(context);
            if (call is null)
            {
                return;
            }

            using var ending = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, context.RequestAborted, call.Ended);
            await SendAsync(context, route, call, now, ending.Token);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller is gone; there is nobody to answer.
        }
        catch (OperationCanceledException)
        {
            Reply.End(context.Response, call?.Reason ?? new Status(StatusCode.DeadlineExceeded, $"the deadline of {timeout} has passed"));
        }
        catch (InvalidDataException e)
        {
            Reply.End(context.Response, new Status(StatusCode.Internal, e.Message));
        }
        catch (IOException e) when (!context.RequestAborted.IsCancellationRequested)
        {
            LogFailed(context.Request.Path, e);
            Reply.End(context.Response, Reply.Of(e));
        }
        finally
        {
            call?.Dispose();
        }
    }

    // Answers itself what is refused; the call is null then.
    private (OpenCall? Call, Route Route, ApidIdentity Now) Admit(HttpContext context)
    {
        ApidIdentity now = identity();
        string method = context.Request.Path.Value ?? "";
        Caller caller = CallerOf(context, now);
        Route route = Directed(context, method, now);
        if (CallerRules.Refuse(caller, method, now) is { } refusal)
        {
            return Refused(refusal);
        }

        if (route is Route.Refused not)
        {
            return Refused(new Status(not.Code, not.Reason));
        }

        (OpenCall? call, string? problem) = calls.Open(
            caller, method, CallLimits.WeightOf(method, route is Route.Many { Targets.Count: var count } ? count : 1));
        if (call is null)
        {
            return Refused(new Status(StatusCode.ResourceExhausted, problem!));
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
        {
            body.MaxRequestBodySize = CallLimits.BodyOf(method);
        }

        return (call, route, now);

        (OpenCall?, Route, ApidIdentity) Refused(Status status)
        {
            if (status.StatusCode is StatusCode.PermissionDenied)
            {
                LogDenied(method, string.Join(' ', caller.Roles), context.Connection.RemoteIpAddress?.ToString() ?? "");
            }

            if (caller.IsAnonymous && status.StatusCode is StatusCode.Unauthenticated or StatusCode.Unavailable)
            {
                // Over this connection no certificate was asked for: the client is to open another one.
                context.Connection.RequestClose();
            }

            Reply.End(context.Response, status);
            return (null, route, now);
        }
    }

    private static Route Directed(HttpContext context, string method, ApidIdentity now)
    {
        IHeaderDictionary headers = context.Request.Headers;
        return Director.Direct(
            method,
            Authorizer.Parse(headers[Director.NodeKey]),
            Authorizer.Parse(headers[Director.NodesKey]),
            headers.ContainsKey(Director.ProxyFromKey),
            now.Routing,
            now.Local);
    }

    private Task SendAsync(HttpContext context, Route route, OpenCall call, ApidIdentity now, CancellationToken ct) => route switch
    {
        Route.One one => Forwarder.ForwardAsync(context, BackendFor(one.Target, now), call.Caller, ct),
        Route.Many many => Aggregator.RunAsync(
            context, [.. many.Targets.Select(t => (t, BackendFor(t, now)))], call, StreamingMethods.Contains(call.Method), ct),
        _ => Forwarder.ForwardAsync(context, backends.Local, call.Caller, ct),
    };

    private Backend BackendFor(string target, ApidIdentity now) =>
        now.Local.Contains(target) ? backends.Local : backends.Peer(target, now.Peers!);

    private static Caller CallerOf(HttpContext context, ApidIdentity now)
    {
        if (now.Admission is not Admission.Members || context.Connection.ClientCertificate is not { } certificate)
        {
            return new Caller(PeerAddress.Key(new IPEndPoint(context.Connection.RemoteIpAddress ?? IPAddress.None, 0)), AdmissionRules.AnonymousRoles, null);
        }

        IReadOnlyList<string> roles = Certificates.Organizations(certificate);
        if (!roles.Contains(Role.Impersonator.Name))
        {
            return new Caller(certificate.Thumbprint, roles, certificate);
        }

        // Another node: its administrators are not counted with its readers.
        roles = Authorizer.Parse(context.Request.Headers[CallRoles.MetadataKey]);
        return new Caller($"{certificate.Thumbprint}{(roles.Contains(Role.Admin.Name) ? "/admin" : "")}", roles, certificate);
    }

    [LoggerMessage(LogLevel.Warning, "Call {Method} refused: roles [{Roles}] of {Peer} may not")]
    private partial void LogDenied(string method, string roles, string peer);

    [LoggerMessage(LogLevel.Warning, "Call {Method} failed")]
    private partial void LogFailed(string method, Exception error);
}
