using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Talos.Fleet.Hub.Rest;
using Talos.Fleet.Hub.Store;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Identity;

/// <summary>Gives nodes their identity, and takes it away.</summary>
internal sealed partial class Enrollment(FleetAuthority authority, FleetStore store, HubOptions options, TimeProvider time, ILogger<Enrollment> log)
{
    /// <summary>Certificates a node is given in a day: one whose answers are lost asks a few times.</summary>
    private const int CertificatesPerDay = 20;

    private readonly WrongTokens _wrong = new(time);
    private const string UnknownToken = "token: is none of this hub's; an administrator makes one with POST /api/v1/tokens";

    private volatile HashSet<string> _revoked = [];

    /// <summary>Raised with the node's id when its certificates are refused from now on.</summary>
    public event Action<string>? Revoked;

    public bool IsRevoked(X509Certificate2 certificate) => _revoked.Contains(certificate.SerialNumber);

    /// <summary>Refuses an address that had too many wrong tokens, before anything is read of it.</summary>
    /// <exception cref="RequestException">429.</exception>
    public void RequireTry(IPAddress? from)
    {
        if (!_wrong.MayTry(from))
        {
            throw new RequestException(
                StatusCodes.Status429TooManyRequests, $"token: too many wrong ones came from {from}; after {WrongTokens.Burst} of them {WrongTokens.PerMinute} a minute are looked at, try again in a minute");
        }
    }

    /// <summary>Issues the first certificate for a token.</summary>
    public Task<EnrollResponse> EnrollAsync(EnrollRequest request, CancellationToken ct) => EnrollAsync(request, null, ct);

    /// <summary>Issues the first certificate for a token.</summary>
    public async Task<EnrollResponse> EnrollAsync(EnrollRequest request, IPAddress? from, CancellationToken ct)
    {
        RequireTry(from);
        string tokenHash = Hash(request.Token);
        if (await store.ReadAsync(s => s.Number("SELECT 1 FROM tokens WHERE hash=@h", ("@h", tokenHash)), ct) is null)
        {
            // Nothing was checked or signed for it.
            await RefuseAsync($"address {from}", UnknownToken, from);
        }

        (string node, PublicKey key) = Read(request.Csr);
        DateTimeOffset now = time.GetUtcNow();
        using X509Certificate2 certificate = authority.IssueNode(node, key, options.NodeCertificateDays, now);
        string keyHash = KeyHash(key);
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
                s.Execute("DELETE FROM boots WHERE node=@id", ("@id", node));
                AuditStore.Add(s, now, node, "node", "node.enroll", node, $"done, certificate {certificate.SerialNumber}");
                return null;
            },
            ct);
        if (refusal is not null)
        {
            await RefuseAsync(node, refusal, from);
        }

        LogEnrolled(node, certificate.SerialNumber);
        return Answer(node, certificate, now);
    }

    /// <summary>Issues the next certificate for a node that showed its present one.</summary>
    public async Task<EnrollResponse> RenewAsync(X509Certificate2 present, RenewRequest request, CancellationToken ct)
    {
        (string node, PublicKey key) = Read(request.Csr);
        DateTimeOffset now = time.GetUtcNow();
        if (FleetAuthority.CommonName(present.SubjectName) is var name && name != node)
        {
            string foreign = $"csr: asks for {node} with the certificate of {name}";
            await store.WriteAsync(s => AuditStore.Add(s, now, name ?? "?", "node", "node.renew", node, foreign), ct);
            throw new RequestException(StatusCodes.Status403Forbidden, foreign);
        }

        using X509Certificate2 certificate = authority.IssueNode(node, key, options.NodeCertificateDays, now);
        RequestException? refusal = await store.WriteAsync(
            s =>
            {
                RequestException? problem = MayRenew(s, node, present.SerialNumber, now);
                if (problem is null)
                {
                    Insert(s, certificate, node, KeyHash(key), null, now);
                }

                if (problem?.Status is not StatusCodes.Status429TooManyRequests)
                {
                    AuditStore.Add(s, now, node, "node", "node.renew", node, problem?.Message ?? $"done, certificate {certificate.SerialNumber}");
                }

                return problem;
            },
            ct);
        return refusal is null ? Answer(node, certificate, now) : throw refusal;
    }

    /// <summary>Refuses all certificates of a node from now on, and makes the tokens void with which it enrolled: they are on its disk.</summary>
    /// <param name="node">The node.</param>
    /// <param name="forget">Whether its row goes too.</param>
    /// <param name="keepTokens">Whether tokens that other nodes still need stay.</param>
    /// <param name="caller">Who does it.</param>
    /// <param name="ct">Cancels, before it is done.</param>
    /// <exception cref="RequestException">404.</exception>
    public async Task RevokeAsync(string node, bool forget, bool keepTokens, Caller caller, CancellationToken ct)
    {
        DateTimeOffset now = time.GetUtcNow();
        await store.WriteAsync(
            s =>
            {
                if (s.Execute("UPDATE nodes SET revoked=1 WHERE id=@id", ("@id", node)) == 0)
                {
                    throw RequestException.NotFound($"node {node}");
                }

                s.Execute("UPDATE certificates SET revoked=@now WHERE node=@id AND revoked IS NULL", ("@now", now), ("@id", node));
                int tokens = keepTokens ? 0 : s.Execute(
                    "UPDATE tokens SET uses=used WHERE uses > used AND (node=@id OR hash IN (SELECT token FROM certificates WHERE node=@id AND token IS NOT NULL))", ("@id", node));
                if (forget)
                {
                    s.Execute("DELETE FROM nodes WHERE id=@id", ("@id", node));
                }

                AuditStore.Add(s, now, caller.Name, caller.RoleWord, forget ? "node.delete" : "node.revoke", node, tokens == 0 ? "done" : $"done, {tokens} tokens made void");
            },
            ct);

        // Done for good: whether its caller waits for the answer or not, it counts from here on.
        await LoadRevokedAsync(CancellationToken.None);
        Revoked?.Invoke(node);
        LogRevoked(node);
    }

    /// <summary>A token that is cancelled when a request is, and when the node is revoked while it is under way.</summary>
    public NodeRequest Begin(string node, CancellationToken ct) => new(this, node, ct);

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
            return UnknownToken;
        }

        if (IssuedToday(s, node, now) >= CertificatesPerDay)
        {
            return $"node {node}: was given {CertificatesPerDay} certificates in the last 24 hours; try again later";
        }

        // The answer was lost on its way: the same key with the same token is no second node.
        if (s.Number("SELECT 1 FROM certificates WHERE node=@n AND key=@k AND token=@t AND revoked IS NULL", ("@n", node), ("@k", keyHash), ("@t", tokenHash)) is not null)
        {
            return null;
        }

        if (token.Node != node && s.Scalar("SELECT node FROM certificates WHERE key=@k AND revoked IS NOT NULL LIMIT 1", ("@k", keyHash)) is string before)
        {
            return $"csr: its key was the one of {before}, which was revoked; make another key, or have a token made for {node} alone";
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

    /// <summary>Null when the node may renew. The row is locked: whoever revokes the node does it before this or after it.</summary>
    private RequestException? MayRenew(SqlSession s, string node, string serial, DateTimeOffset now) =>
        s.Query($"SELECT revoked FROM nodes WHERE id=@id{store.Dialect.ForUpdate}", r => r.Flag(0), ("@id", node)) is not [false]
            || s.Number("SELECT 1 FROM certificates WHERE serial=@s AND node=@id AND revoked IS NULL", ("@s", serial), ("@id", node)) is null
            ? new RequestException(StatusCodes.Status401Unauthorized, $"node {node}: is revoked or not enrolled, or this certificate of it is")
            : IssuedToday(s, node, now) >= CertificatesPerDay
                ? new RequestException(StatusCodes.Status429TooManyRequests, $"node {node}: was given {CertificatesPerDay} certificates in the last 24 hours; try again later")
                : null;

    private static long IssuedToday(SqlSession s, string node, DateTimeOffset now) =>
        s.Number("SELECT count(*) FROM certificates WHERE node=@n AND issued > @t", ("@n", node), ("@t", now.AddDays(-1))) ?? 0;

    /// <summary>Counts what was refused and keeps it in the audit log, within bounds: anybody can ask.</summary>
    /// <exception cref="RequestException">Always.</exception>
    private async Task RefuseAsync(string who, string problem, IPAddress? from)
    {
        if (_wrong.Count(from))
        {
            await store.WriteAsync(s => AuditStore.Add(s, time.GetUtcNow(), who, "none", "node.enroll", who, $"refused: {problem}"), CancellationToken.None);
            LogRefused(who, problem);
        }

        throw new RequestException(StatusCodes.Status403Forbidden, problem);
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

    /// <summary>A request of a node; see <see cref="Begin"/>.</summary>
    internal sealed class NodeRequest : IDisposable
    {
        private readonly Enrollment _enrollment;
        private readonly string _node;
        private readonly CancellationTokenSource _source;

        public NodeRequest(Enrollment enrollment, string node, CancellationToken ct)
        {
            (_enrollment, _node, _source) = (enrollment, node, CancellationTokenSource.CreateLinkedTokenSource(ct));
            _enrollment.Revoked += End;
        }

        public CancellationToken Token => _source.Token;

        public void Dispose()
        {
            _enrollment.Revoked -= End;
            _source.Dispose();
        }

        private void End(string node)
        {
            if (node == _node)
            {
                try
                {
                    _source.Cancel();
                }
                catch (ObjectDisposedException)
                {
                    // It ended meanwhile.
                }
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "Node {Node} enrolled with certificate {Serial}")]
    private partial void LogEnrolled(string node, string serial);

    [LoggerMessage(LogLevel.Warning, "Node {Node} was not enrolled: {Problem}")]
    private partial void LogRefused(string node, string problem);

    [LoggerMessage(LogLevel.Warning, "Certificates of node {Node} were revoked")]
    private partial void LogRevoked(string node);
}
