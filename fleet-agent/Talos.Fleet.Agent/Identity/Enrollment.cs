using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Talos.Fleet.Protocol;
using Talos.Pki;

namespace Talos.Fleet.Agent;

/// <summary>Gets the node its identity and keeps it fresh.</summary>
internal sealed partial class Enrollment(AgentSettings settings, IdentityStore store, HubClient hub, ILogger<Enrollment> log)
{
    /// <summary>The identity on the disk; null when the node has to enrol.</summary>
    public NodeIdentity? Load() => store.Load();

    /// <summary>Enrols once.</summary>
    /// <param name="facts">What the hub is told.</param>
    /// <param name="machineId">Makes the id when the settings have none.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="HubException">Not reached, refused, or its answer does not fit.</exception>
    public async Task<NodeIdentity> EnrollAsync(NodeFacts facts, string machineId, CancellationToken ct)
    {
        if (settings.Token.Length == 0)
        {
            throw new HubException("there is no identity on the node and no token in the FleetConfig document; make one with 'talosctl fleet token' and set it");
        }

        PrivateKey key = store.Key();
        EnrollRequest request = new()
        {
            Token = settings.Token,
            Csr = CertificateSigningRequest.Create(key, [], settings.NodeId is { Length: > 0 } id ? id : MakeId(machineId), SubjectNames.None),
            Board = settings.Board,
            Hostname = facts.Hostname,
            Version = facts.Version,
            Labels = settings.Labels,
        };
        EnrollResponse answer = await hub.EnrollAsync(request, ct);
        NodeIdentity identity = Keep(() => store.Keep(File(answer)));
        LogEnrolled(identity.Node, identity.NotAfter);
        return identity;
    }

    /// <summary>Asks for the next certificate, with a new key.</summary>
    /// <exception cref="HubException">Not reached, refused, or its answer does not fit.</exception>
    public async Task<NodeIdentity> RenewAsync(NodeIdentity identity, CancellationToken ct)
    {
        string csr = CertificateSigningRequest.Create(store.NextKey(), [], identity.Node, SubjectNames.None);
        EnrollResponse answer = await hub.RenewAsync(new RenewRequest { Csr = csr }, identity, ct);
        if (answer.Node != identity.Node)
        {
            throw new HubException($"renewal: the hub's answer is for {answer.Node}, this is {identity.Node}");
        }

        NodeIdentity next = Keep(() => store.KeepNext(File(answer)));
        LogRenewed(next.NotAfter);
        return next;
    }

    /// <summary>A node id out of the machine id: short, and it tells nobody the machine id itself.</summary>
    internal static string MakeId(string machineId) =>
        "n-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("talos fleet node " + machineId.Trim()))).AsSpan(0, 20).ToString();

    private static IdentityFile File(EnrollResponse answer) =>
        new() { Node = answer.Node, Certificate = answer.Certificate, Ca = answer.Ca, Brokers = answer.Brokers };

    private static NodeIdentity Keep(Func<NodeIdentity> keep)
    {
        try
        {
            return keep();
        }
        catch (PkiException e)
        {
            throw new HubException($"the hub's answer cannot be used: {e.Message}: {e.InnerException?.Message}", e);
        }
    }

    [LoggerMessage(LogLevel.Information, "Enrolled as {Node}; the certificate ends {NotAfter:O}")]
    private partial void LogEnrolled(string node, DateTimeOffset notAfter);

    [LoggerMessage(LogLevel.Information, "Certificate renewed; it ends {NotAfter:O}")]
    private partial void LogRenewed(DateTimeOffset notAfter);
}
