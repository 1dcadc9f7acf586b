using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Talos.Rpc.Hosting;

/// <summary>Limits that all our gRPC servers and clients share.</summary>
public static class GrpcLimits
{
    /// <summary>The largest message in either direction, in bytes: 32 MiB.</summary>
    public const int MaxMessageSize = 32 * 1024 * 1024;

    /// <summary>The largest sum of headers of a call, in bytes; a call that names 64 nodes needs about 3,000.</summary>
    public const int MaxHeaderBytes = 32 * 1024;

    /// <summary>Streams of one connection; a client opens another connection for more.</summary>
    public const int StreamsOfConnection = 128;

    /// <summary>
    /// Lets long, quiet streams live: no minimum rates, no largest body. Kestrel answers keepalive pings at any
    /// rate, so clients that ping every 10 s are not sent away.
    /// </summary>
    public static void Apply(KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
        options.Limits.MaxConcurrentConnections = 512;
        options.Limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;

        // What is too much for us is to be refused with a status of ours; the sum of bytes bounds the number.
        options.Limits.MaxRequestHeaderCount = 4096;
        options.Limits.Http2.MaxStreamsPerConnection = StreamsOfConnection;
        options.Limits.Http2.InitialStreamWindowSize = 128 * 1024;
        options.Limits.Http2.InitialConnectionWindowSize = 512 * 1024;
    }
}
