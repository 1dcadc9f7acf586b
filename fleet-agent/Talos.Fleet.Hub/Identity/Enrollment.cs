using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Talos.Fleet.Hub.Store;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Identity;

/// <summary>Gives nodes their identity, and takes it away.</summary>
internal sealed partial class Enrollment(FleetAuthority authority, FleetStore store, HubOptions options, TimeProvider time, ILogger<Enrollment> log)
{
    private volatile HashSet<string> _revoked = [];

    /// <summary>Raised with the node's id when its certificates are refused from now on.</summary>
    public event Action<string>? Revoked;

    public bool IsRevoked(X509Certificate2 certificate) => _revoked.Contains(certificate.SerialNumber);

    /// <summary>Issues the first certificate for a token.</summary>
    public async Task<EnrollResponse> EnrollAsync(EnrollRequest request, CancellationToken ct)
    {
        (string node, PublicKey key) = Read(request.Csr);
        DateTimeOffset now = time.GetUtcNow();
        using X509Certificate2 certificate = authority.IssueNode(node, key, options.NodeCertificateDays, now);
        string keyHash = KeyHash(key), tokenHash = Hash(request.Token);
        string? refusal = await store.WriteAsync(
            s =>
            {
                if (Admit(s, node, keyHash, tokenHash, now) is { } problem)
                {
                    return problem;
                }

                string labels = (string?)s.Scalar("SELECT labels FROM tokens WHERE hash=@h", ("@h", tokenHash)) ?? "";
                s.Execute(
                    """
                    INSERT INTO nodes (id, enrolled, hub_labels, node_labels, board, version, hostname) VALUES (@id, @now, @hl, @nl, @b, @v, @h)
                    ON CONFLICT (id) DO UPDATE SET revoked=0, hub_labels=@hl
                    """,
                    ("@id", node), ("@now", now), ("@hl", labels), ("@nl", Labels.Write(request.Labels)), ("@b", request.Board ?? ""), ("@v", request.Version ?? ""), ("@h", request.Hostname));
                Insert(s, certificate, node, keyHash, tokenHash, now);
                AuditStore.Add(s, now, node, "node", "node.enroll", node, "done");
                return null;
            },
            ct);
        if (refusal is not null)
        {
            LogRefused(node, refusal);
            throw new RequestException(StatusCodes.Status403Forbidden, refusal);
        }

        LogEnrolled(node, certificate.SerialNumber);
        return Answer(node, certificate, now);
    }

    /// <summary>Issues the next certificate for a node that showed its present one.</summary>
    public async Task<EnrollResponse> RenewAsync(X509Certificate2 present, RenewRequest request, CancellationToken ct)
    {
        (string node, PublicKey key) = Read(request.Csr);
        if (FleetAuthority.CommonName(present.SubjectName) != node)
        {
            throw new RequestException(StatusCodes.Status403Forbidden, $"csr: asks for {node} with the certificate of {FleetAuthority.CommonName(present.SubjectName)}");
        }

        DateTimeOffset now = time.GetUtcNow();
        using X509Certificate2 certificate = authority.IssueNode(node, key, options.NodeCertificateDays, now);
        await store.WriteAsync(s => Insert(s, certificate, node, KeyHash(key), null, now), ct);
        return Answer(node, certificate, now);
    }

    /// <summary>Refuses all certificates of a node from now on; false when there is no such node.</summary>
    public async Task<bool> RevokeAsync(string node, bool forget, CancellationToken ct)
    {
        DateTimeOffset now = time.GetUtcNow();
        bool known = await store.WriteAsync(
            s =>
            {
                bool there = s.Execute("UPDATE nodes SET revoked=1 WHERE id=@id", ("@id", node)) > 0;
                s.Execute("UPDATE certificates SET revoked=@now WHERE node=@id AND revoked IS NULL", ("@now", now), ("@id", node));
                if (forget)
                {
                    s.Execute("DELETE FROM nodes WHERE id=@id", ("@id", node));
                }

                return there;
            },
            ct);
        await LoadRevokedAsync(ct);
        Revoked?.Invoke(node);
        LogRevoked(node);
        return known;
    }

    /// <summary>Reads the revoked numbers from the database, which other hubs may have changed, and writes the list for brokers.</summary>
    public async Task LoadRevokedAsync(CancellationToken ct)
    {
        List<(string Serial, DateTimeOffset Time, string Node)> rows = await RevokedAsync(ct);
        HashSet<string> before = _revoked;
        _revoked = rows.Select(r => r.Serial).ToHashSet(StringComparer.OrdinalIgnoreCase);
        byte[] crl = authority.RevocationList(rows.Select(r => (r.Serial, r.Time)), time.GetUtcNow());
        FleetAuthority.Write(FleetAuthority.PathOf(options, "crl.pem"), new string(PemEncoding.Write("X509 CRL", crl)) + "\n");
        foreach (string node in rows.Where(r => !before.Contains(r.Serial)).Select(r => r.Node).Distinct())
        {
            Revoked?.Invoke(node);
        }
    }

    /// <summary>The list of revoked certificates, in DER.</summary>
    public async Task<byte[]> RevocationListAsync(CancellationToken ct) =>
        authority.RevocationList((await RevokedAsync(ct)).Select(r => (r.Serial, r.Time)), time.GetUtcNow());

    public static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private Task<List<(string Serial, DateTimeOffset Time, string Node)>> RevokedAsync(CancellationToken ct) => store.ReadAsync(
        s => s.Query("SELECT serial, revoked, node FROM certificates WHERE revoked IS NOT NULL AND not_after > @now", r => (r.Text(0), r.Time(1), r.Text(2)), ("@now", time.GetUtcNow())), ct);

    /// <summary>Null when the node may enrol; uses up the token.</summary>
    private string? Admit(SqlSession s, string node, string keyHash, string tokenHash, DateTimeOffset now)
    {
        List<(int Uses, int Used, DateTimeOffset Expires, string? Node)> tokens = s.Query(
            $"SELECT uses, used, expires, node FROM tokens WHERE hash=@h{store.Dialect.ForUpdate}", r => (r.Int(0), r.Int(1), r.Time(2), r.TextOrNull(3)), ("@h", tokenHash));
        if (tokens is not [var token])
        {
            return "token: is none of this hub's; an administrator makes one with POST /api/v1/tokens";
        }

        // The answer was lost on its way: the same key with the same token is no second node.
        if (s.Number("SELECT 1 FROM certificates WHERE node=@n AND key=@k AND token=@t AND revoked IS NULL", ("@n", node), ("@k", keyHash), ("@t", tokenHash)) is not null)
        {
            return null;
        }

        if (token.Expires <= now || token.Used >= token.Uses)
        {
            return token.Expires <= now ? $"token: ended at {token.Expires:O}" : $"token: was used {token.Used} of {token.Uses} times";
        }

        if (token.Node is { } only && only != node)
        {
            return $"token: is for node {only}, not for {node}";
        }

        if (token.Node is null && s.Number("SELECT 1 FROM nodes WHERE id=@id", ("@id", node)) is not null)
        {
            return $"node {node}: is enrolled already; to enrol it again make a token for it alone";
        }

        s.Execute("UPDATE tokens SET used = used + 1 WHERE hash=@h", ("@h", tokenHash));
        return null;
    }

    private EnrollResponse Answer(string node, X509Certificate2 certificate, DateTimeOffset now) => new()
    {
        Node = node,
        Certificate = certificate.ExportCertificatePem() + "\n",
        Ca = authority.Certificate.ExportCertificatePem() + "\n",
        Brokers = options.BrokersForNodes,
        Time = now,
    };

    private static (string Node, PublicKey Key) Read(string csr) =>
        FleetAuthority.ReadRequest(csr, out string problem) ?? throw new RequestException(StatusCodes.Status400BadRequest, problem);

    private static void Insert(SqlSession s, X509Certificate2 certificate, string node, string keyHash, string? tokenHash, DateTimeOffset now) => s.Execute(
        "INSERT INTO certificates (serial, node, key, token, issued, not_after) VALUES (@s, @n, @k, @t, @now, @end)",
        ("@s", certificate.SerialNumber), ("@n", node), ("@k", keyHash), ("@t", tokenHash), ("@now", now), ("@end", new DateTimeOffset(certificate.NotAfter)));

    private static string KeyHash(PublicKey key) => Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));

    [LoggerMessage(LogLevel.Information, "Node {Node} enrolled with certificate {Serial}")]
    private partial void LogEnrolled(string node, string serial);

    [LoggerMessage(LogLevel.Warning, "Node {Node} was not enrolled: {Problem}")]
    private partial void LogRefused(string node, string problem);

    [LoggerMessage(LogLevel.Warning, "Certificates of node {Node} were revoked")]
    private partial void LogRevoked(string node);
}
