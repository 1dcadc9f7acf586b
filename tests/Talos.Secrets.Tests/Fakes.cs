using System.Text.Json;
using Talos.Pki;
using Talos.Resources.Secrets;
using Talos.Rpc.Tls;
using Talos.Secrets.Ports;

namespace Talos.Secrets.Tests;

internal sealed class FakeFiles : ISecretFiles
{
    private readonly Dictionary<string, byte[]> _files = [];

    public int Writes { get; private set; }

    /// <summary>Whose files they are.</summary>
    public Dictionary<string, int> Users { get; } = [];

    public bool HasApid => _files.ContainsKey(ApidSecrets.DefaultPath);

    public ApidSecrets Apid => JsonSerializer.Deserialize(_files[ApidSecrets.DefaultPath], DaemonSecretsJson.Default.ApidSecrets)!;

    public TrustdSecrets Trustd => JsonSerializer.Deserialize(_files[TrustdSecrets.DefaultPath], DaemonSecretsJson.Default.TrustdSecrets)!;

    public void Write(string path, byte[] content, int user)
    {
        Users[path] = user;
        if (!_files.TryGetValue(path, out byte[]? before) || !before.AsSpan().SequenceEqual(content))
        {
            Writes++;
            _files[path] = content;
        }
    }

    public void Remove(string path) => _files.Remove(path);
}

internal sealed class FakeTrustd(CertificateAuthority authority) : ITrustd
{
    public (string Host, string Token) Asked { get; private set; }

    public bool IsAway { get; set; }

    public int Calls { get; private set; }

    public List<string> Keys { get; } = [];

    /// <summary>Another CA that issues; null for the cluster's.</summary>
    public CertificateAuthority? Issuer { get; set; }

    /// <summary>The names that are issued.</summary>
    public Func<SubjectNames, SubjectNames> Issues { get; set; } = names => names;

    public string Authorities { get; set; } = authority.CertificatePem;

    public Task<(string Certificate, string Authorities)> IssueAsync(
        string host, string request, string token, string authorities, CancellationToken ct)
    {
        Asked = (host, token);
        if (IsAway)
        {
            throw new IOException("nobody answers");
        }

        Calls++;
        var wanted = CertificateSigningRequest.Parse(request);
        Keys.Add(Convert.ToHexStringLower(wanted.SubjectPublicKeyInfo.Span));
        string certificate = (Issuer ?? authority).SignServer(wanted with { Names = Issues(wanted.Names) }, CertificateAuthority.NodeLifetime);
        return Task.FromResult((certificate, Authorities));
    }
}

internal sealed class FakeKept : IKeptCertificate
{
    public ApiCertificate? Certificate { get; set; }

    public ApiCertificate? Load() => Certificate;

    public void Save(ApiCertificate certificate) => Certificate = certificate;
}

internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("talos-kept-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
