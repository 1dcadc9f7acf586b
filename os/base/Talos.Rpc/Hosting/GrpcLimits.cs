using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Talos.Rpc.Hosting;

/// <summary>Limits that all our gRPC servers and clients share.</summary>
public static class GrpcLimits
{
    /// <summary>The largest message in either direction, in bytes: 32 MiB.</summary>
    public const int MaxMessageSize = 32 * 1024 * 1024;

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
        options.Limits.Http2.MaxStreamsPerConnection = 256;
        options.Limits.Http2.InitialStreamWindowSize = 256 * 1024;
        options.Limits.Http2.InitialConnectionWindowSize = 1024 * 1024;
    }
}
