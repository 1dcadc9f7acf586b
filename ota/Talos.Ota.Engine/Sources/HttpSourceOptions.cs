namespace Talos.Ota.Engine.Sources;

/// <summary>How a bundle is fetched from a server.</summary>
public sealed record HttpSourceOptions
{
    /// <summary>Proxy, such as <c>http://user:password@10.0.0.1:3128</c>; null to take that of the environment, which machined sets from the machine config.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>Further certificate authorities for HTTPS as PEM; empty for those of the system alone.</summary>
    public string AuthoritiesPem { get; init; } = "";

    /// <summary>Bytes a second at most; null for no limit.</summary>
    public long? BytesPerSecond { get; init; }

    /// <summary>How long to wait for a connection or the next byte before the request is tried again.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long to try again without a single byte before it is given up.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>The first pause before a request is tried again; it doubles up to 30 s.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
