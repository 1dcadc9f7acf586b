using System.CommandLine;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using Talos.Config;
using Talos.Pki;
using Talosctl.Cli;
using Talosctl.Configuration;

namespace Talosctl.Client;

/// <summary>A connection to an endpoint, and the nodes that are asked through it.</summary>
internal sealed class ApiConnection : IDisposable
{
    private const int DefaultPort = 50000;
    private const int LargestMessage = 32 << 20;

    private readonly List<(string Name, GrpcChannel Channel, Metadata Headers)> _nodes = [];
    private readonly List<GrpcChannel> _channels = [];

    /// <summary>The nodes to ask, in the order they were named.</summary>
    public IReadOnlyList<NodeClient> Nodes => [.. _nodes.Select(n => new NodeClient(n.Name, n.Channel, n.Headers))];

    /// <summary>Connects with the client certificate of the context; the nodes are asked through an endpoint.</summary>
    public static async Task<ApiConnection> OpenAsync(ParseResult parsed, CancellationToken ct)
    {
        TalosconfigContext context = TalosconfigFile.Find(parsed).Read().Selected(parsed.GetValue(GlobalOptions.Context));
        IReadOnlyList<string> nodes = parsed.List(GlobalOptions.Nodes) is { Count: > 0 } named ? named : context.Nodes;
        IReadOnlyList<string> endpoints = parsed.List(GlobalOptions.Endpoints) is { Count: > 0 } given ? given : context.Endpoints;
        if (endpoints.Count == 0)
        {
            throw new TalosctlException("no endpoints are set: use --endpoints or `talosctl config endpoint ADDRESS...`");
        }

        if (nodes.Count == 0)
        {
            throw new TalosctlException("nodes are not set for the command: use --nodes or `talosctl config node ADDRESS...`");
        }

        CheckHosts("node", nodes);
        CheckHosts("endpoint", endpoints);

        X509Certificate2 client;
        try
        {
            client = context.ClientPair().ToX509Certificate();
        }
        catch (PkiException e)
        {
            throw new TalosctlException($"client certificate of the context: {e.Message}");
        }

        IReadOnlyList<X509Certificate2> authorities = context.AuthorityPem() is { } pem ? Certificates.ReadBundle(pem) : [];
        ApiConnection connection = new();
        GrpcChannel channel = await connection.FirstReachableAsync(endpoints, client, authorities, ct);
        foreach (string node in nodes)
        {
            connection._nodes.Add((node, channel, new Metadata { { "node", node } }));
        }

        return connection;
    }

    /// <summary>Connects to nodes in maintenance mode: no certificate of ours, theirs checked by fingerprint if one is given.</summary>
    public static ApiConnection OpenInsecure(ParseResult parsed, IReadOnlyList<string> fingerprints)
    {
        IReadOnlyList<string> nodes = parsed.List(GlobalOptions.Nodes);
        if (nodes.Count == 0)
        {
            throw new TalosctlException("nodes are not set for the command: --insecure asks a node directly, name it with --nodes");
        }

        CheckHosts("node", nodes);

        ApiConnection connection = new();
        foreach (string node in nodes)
        {
            GrpcChannel channel = Channel(node, null, server => fingerprints.Count == 0 || fingerprints.Contains(Certificates.Fingerprint(server)));
            connection._channels.Add(channel);
            connection._nodes.Add((node, channel, []));
        }

        return connection;
    }

    public void Dispose()
    {
        foreach (GrpcChannel channel in _channels)
        {
            channel.Dispose();
        }
    }

    /// <summary>Refuses what another program takes for another machine.</summary>
    internal static void CheckHosts(string what, IReadOnlyList<string> hosts)
    {
        if (hosts.FirstOrDefault(h => !AddressText.HasPlainHost(h)) is { } wrong)
        {
            throw new TalosctlException(
                $"{what} \"{wrong}\" is neither a host name nor an IP address{(AddressText.IsAmbiguous(wrong) ? $": {AddressText.Hint}" : "")}");
        }
    }

    /// <summary>Parts an endpoint into host and port; IPv6 addresses stand in brackets when a port follows.</summary>
    internal static (string Host, int Port) Parse(string endpoint)
    {
        string text = endpoint.Contains("://", StringComparison.Ordinal) ? endpoint : $"talos://{(IsBareIPv6(endpoint) ? $"[{endpoint}]" : endpoint)}";
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || uri.Host.Length == 0)
        {
            throw new TalosctlException($"\"{endpoint}\" is no address: write HOST, HOST:PORT or https://HOST");
        }

        return (uri.Host.Trim('[', ']'), uri.Port > 0 ? uri.Port : DefaultPort);
    }

    private static bool IsBareIPv6(string text) => text.Count(c => c == ':') > 1 && !text.StartsWith('[');

    private async Task<GrpcChannel> FirstReachableAsync(
        IReadOnlyList<string> endpoints, X509Certificate2 client, IReadOnlyList<X509Certificate2> authorities, CancellationToken ct)
    {
        for (int i = 0; ; i++)
        {
            string host = Parse(endpoints[i]).Host;
            GrpcChannel channel = Channel(endpoints[i], client, server => Trusted(server, host, authorities));
            _channels.Add(channel);
            if (i == endpoints.Count - 1)
            {
                return channel;
            }

            using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
            patience.CancelAfter(TimeSpan.FromSeconds(5));
            try
            {
                await channel.ConnectAsync(patience.Token);
                return channel;
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
            }
        }
    }

    private static GrpcChannel Channel(string endpoint, X509Certificate2? client, Func<X509Certificate2, bool> trusted)
    {
        (string host, int port) = Parse(endpoint);
        SocketsHttpHandler handler = new()
        {
            ConnectTimeout = TimeSpan.FromSeconds(20),
            KeepAlivePingDelay = TimeSpan.FromSeconds(10),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            EnableMultipleHttp2Connections = true,
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = client is null ? null : [client],
                RemoteCertificateValidationCallback = (_, server, _, _) => server is X509Certificate2 certificate && trusted(certificate),
            },
        };
        return GrpcChannel.ForAddress(new UriBuilder("https", host, port).Uri, new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = LargestMessage,
            MaxSendMessageSize = LargestMessage,
        });
    }

    private static bool Trusted(X509Certificate2 server, string host, IReadOnlyList<X509Certificate2> authorities)
    {
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities.ToArray());
        return chain.Build(server) && server.MatchesHostname(host, allowWildcards: true, allowCommonName: false);
    }
}
