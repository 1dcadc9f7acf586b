namespace Talos.Secrets.Ports;

/// <summary>trustd on another node.</summary>
internal interface ITrustd
{
    /// <summary>Has a server certificate issued.</summary>
    /// <param name="host">A control plane node.</param>
    /// <param name="request">The signing request, PEM.</param>
    /// <param name="token">What proves that this node belongs to the cluster.</param>
    /// <param name="authorities">CAs that vouch for trustd, PEM.</param>
    /// <param name="ct">Ends the call.</param>
    /// <returns>The certificate and the CAs to accept, both PEM.</returns>
    /// <exception cref="Grpc.Core.RpcException">It is away or refuses.</exception>
    Task<(string Certificate, string Authorities)> IssueAsync(string host, string request, string token, string authorities, CancellationToken ct);
}
