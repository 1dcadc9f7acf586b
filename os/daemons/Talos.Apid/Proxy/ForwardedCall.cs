using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Talos.Apid.Routing;
using Talos.Rpc.Authorization;

namespace Talos.Apid.Proxy;

/// <summary>The request that goes on to a backend.</summary>
internal static class ForwardedCall
{
    // What belongs to one connection, what HTTP libraries set themselves, and what apid itself decides.
    private static readonly HashSet<string> Dropped = new(StringComparer.OrdinalIgnoreCase)
    {
        "connection", "content-length", "content-type", "date", "host", "keep-alive", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade", CallRoles.MetadataKey, AdmissionRules.AnonymousKey, Director.NodeKey, Director.NodesKey, Director.ProxyFromKey,
    };

    /// <summary>Builds the request.</summary>
    /// <param name="caller">The call as it came in.</param>
    /// <param name="backend">Where it goes.</param>
    /// <param name="from">Who calls.</param>
    /// <param name="content">The messages.</param>
    public static HttpRequestMessage Build(HttpRequest caller, Backend backend, Caller from, HttpContent content)
    {
        HttpRequestMessage request = new(HttpMethod.Post, new Uri(backend.Address, caller.Path.Value))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        foreach ((string name, StringValues values) in caller.Headers)
        {
            if (!Dropped.Contains(name) && !name.StartsWith(':'))
            {
                request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        request.Headers.TryAddWithoutValidation(CallRoles.MetadataKey, from.Roles);
        if (from.IsAnonymous)
        {
            request.Headers.TryAddWithoutValidation(AdmissionRules.AnonymousKey, "1");
        }

        if (backend.Address.Scheme == Uri.UriSchemeHttps)
        {
            request.Headers.TryAddWithoutValidation(Director.ProxyFromKey, caller.Host.Value);
        }

        return request;
    }
}

/// <summary>Passes a body on piece by piece, each at once: streams live from it.</summary>
internal sealed class BodyContent(Stream body, CancellationToken ct) : HttpContent
{
    private const int BufferLength = 16 * 1024;

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await stream.FlushAsync(ct);
        byte[] buffer = new byte[BufferLength];
        int count;
        while ((count = await body.ReadAsync(buffer, ct)) > 0)
        {
            await stream.WriteAsync(buffer.AsMemory(0, count), ct);
            await stream.FlushAsync(ct);
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
