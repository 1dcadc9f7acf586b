using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Talos.Cosi;
using Talos.Pki;
using Talos.Resources.Config;
using Talos.Resources.Network;
using Talos.Resources.Runtime;
using Talos.Resources.Secrets;
using Talos.Rpc.Tls;
using Talos.Secrets.Controllers;
using Talos.Secrets.Ports;
using Talos.Testing;

namespace Talos.Secrets.Tests;

public class SecretsFlowTests
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    private readonly ManualTime _time = new();
    private readonly InMemoryState _state;
    private readonly FakeFiles _files = new();
    private readonly FakeTrustd _trustd;
    private readonly CertificateAuthority _authority;
    private readonly IController[] _controllers;

    public SecretsFlowTests()
    {
        _state = new InMemoryState(_time);
        _authority = CertificateAuthority.Create(AuthorityOptions.Os, _time);
        _trustd = new FakeTrustd(_authority);
        _controllers =
        [
            new RootController(_time, NullLogger<RootController>.Instance),
            new CertSanController(),
            new ApiCertificateController(_trustd, _time, NullLogger<ApiCertificateController>.Instance),
            new DaemonController(_files, _time),
        ];
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_without_a_config_runs_apid_for_everybody()
    {
        await SettleAsync();

        ApidSecrets apid = _files.Apid;
        Assert.True(apid.Maintenance);
        Assert.Empty(apid.Authorities);
        using X509Certificate2 certificate = Certificates.Read(apid.Certificate);
        Assert.Contains("maintenance-service.talos.dev", certificate.Subject, StringComparison.Ordinal);
        Assert.NotNull(Find<ServiceSpec>("apid"));
        Assert.Null(Find<ServiceSpec>("trustd"));
    }

    [Fact]
    public async Task The_fingerprint_in_maintenance_outlives_a_new_address()
    {
        await SettleAsync();
        string before = Certificates.Fingerprint(Certificates.Read(_files.Apid.Certificate));

        Given(NodeAddress.Current, new NodeAddress { Addresses = [new IPPrefix(IPAddress.Parse("10.0.0.5"), 24)] });
        await SettleAsync();

        using X509Certificate2 now = Certificates.Read(_files.Apid.Certificate);
        Assert.Equal(before, Certificates.Fingerprint(now));
        Assert.Contains(IPAddress.Parse("10.0.0.5"), Names(now).EnumerateIPAddresses());
    }

    [Fact]
    public async Task A_control_plane_node_issues_for_itself_and_runs_both_daemons()
    {
        await SettleAsync();
        Given(HostnameStatusId, new HostnameStatus { Hostname = "edge-01", Domainname = "example.org" });
        Configure("controlplane", withKey: true);
        await SettleAsync();

        ApidSecrets apid = _files.Apid;
        Assert.False(apid.Maintenance);
        using X509Certificate2 server = Certificates.Read(apid.Certificate);
        Assert.Superset(new HashSet<string> { "edge-01", "edge-01.example.org", "localhost", "api.example.org" }, Names(server).EnumerateDnsNames().ToHashSet());
        Assert.Equal(["os:impersonator"], Certificates.Organizations(Certificates.Read(apid.ClientCertificate)));
        Assert.Equal(_authority.CertificatePem, apid.Authorities);
        Assert.DoesNotContain("api.example.org", apid.LocalNames);
        Assert.Contains("edge-01", apid.LocalNames);
        Assert.NotNull(Find<ServiceSpec>("trustd"));
        Assert.Equal("abcdef.0123456789abcdef", _files.Trustd.Token);
        Assert.Null(Find<MaintenanceRootSecret>(MaintenanceRootSecret.Id));
    }

    [Fact]
    public async Task Certificates_stay_until_half_their_life_and_are_replaced_then()
    {
        Configure("controlplane", withKey: true);
        await SettleAsync();
        string first = _files.Apid.Certificate;

        _time.Advance(TimeSpan.FromHours(11));
        await SettleAsync();
        Assert.Equal(first, _files.Apid.Certificate);

        _time.Advance(TimeSpan.FromHours(2));
        await SettleAsync();
        Assert.NotEqual(first, _files.Apid.Certificate);
    }

    [Fact]
    public async Task A_new_name_replaces_the_certificate_and_restarts_no_daemon()
    {
        Configure("controlplane", withKey: true);
        await SettleAsync();
        Resource<ServiceSpec> service = Find<ServiceSpec>("apid")!;

        Given(HostnameStatusId, new HostnameStatus { Hostname = "renamed" });
        await SettleAsync();

        Assert.Contains("renamed", Names(Certificates.Read(_files.Apid.Certificate)).EnumerateDnsNames());
        Assert.Equal(service.Metadata.Version, Find<ServiceSpec>("apid")!.Metadata.Version);
    }

    [Fact]
    public async Task A_clock_that_jumps_years_ahead_gets_fresh_certificates()
    {
        Configure("controlplane", withKey: true);
        await SettleAsync();

        _time.Advance(Year);
        await SettleAsync();

        using X509Certificate2 now = Certificates.Read(_files.Apid.Certificate);
        Assert.InRange(_time.GetUtcNow().LocalDateTime, now.NotBefore, now.NotAfter);
    }

    [Fact]
    public async Task A_worker_asks_trustd_and_forwards_nothing()
    {
        Configure("worker", withKey: false);
        await SettleAsync();

        Assert.Equal(("api.example.org", "abcdef.0123456789abcdef"), _trustd.Asked);
        Assert.Empty(_files.Apid.ClientCertificate);
        Assert.False(_files.Apid.Maintenance);
        Assert.Null(Find<ServiceSpec>("trustd"));
    }

    [Fact]
    public async Task Reconciling_twice_changes_nothing()
    {
        Configure("controlplane", withKey: true);
        await SettleAsync();
        int writes = _files.Writes;
        Resource<ApiCertificate> before = Find<ApiCertificate>(ApiCertificate.Id)!;

        await SettleAsync();

        Assert.Equal(before.Metadata.Version, Find<ApiCertificate>(ApiCertificate.Id)!.Metadata.Version);
        Assert.Equal(writes, _files.Writes);
    }

    [Fact]
    public void Secrets_print_nothing()
    {
        PemPair pair = new("CRT", "KEY");

        Assert.DoesNotContain("KEY", $"{pair} {new OsRootSecret { IssuingCa = pair, AcceptedCas = "", Token = "KEY" }}", StringComparison.Ordinal);
    }

    private const string HostnameStatusId = "hostname";

    private static X509SubjectAlternativeNameExtension Names(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();

    private void Configure(string type, bool withKey)
    {
        string crt = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(_authority.CertificatePem));
        string key = withKey ? Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(_authority.Pair.KeyPem.Reveal())) : "";
        Given(MachineConfig.ActiveId, new MachineConfig
        {
            Yaml = $"""
                version: v1alpha1
                machine:
                  type: {type}
                  token: abcdef.0123456789abcdef
                  ca:
                    crt: {crt}
                    key: "{key}"
                cluster:
                  controlPlane:
                    endpoint: https://api.example.org:6443

                """,
        });
    }

    private void Given<T>(string id, T spec) where T : class, IResourceSpec<T>
    {
        Resource<T> wanted = Resource<T>.Create(id, spec);
        if (_state.Get(wanted.Address) is null)
        {
            _state.Create(wanted, "test");
        }
        else
        {
            _state.Update(wanted, "test");
        }
    }

    private Resource<T>? Find<T>(string id) where T : class, IResourceSpec<T> =>
        _state.Get(new ResourceAddress(T.Definition.Namespace, T.Definition.Type, id)) as Resource<T>;

    private async Task SettleAsync()
    {
        for (int round = 0; round < 2; round++)
        {
            foreach (IController controller in _controllers)
            {
                await controller.ReconcileAsync(new ControllerContext(controller, _state), Ct);
            }
        }
    }

    private sealed class FakeFiles : ISecretFiles
    {
        private readonly Dictionary<string, byte[]> _files = [];

        public int Writes { get; private set; }

        public ApidSecrets Apid => JsonSerializer.Deserialize(_files[ApidSecrets.DefaultPath], DaemonSecretsJson.Default.ApidSecrets)!;

        public TrustdSecrets Trustd => JsonSerializer.Deserialize(_files[TrustdSecrets.DefaultPath], DaemonSecretsJson.Default.TrustdSecrets)!;

        public void Write(string path, byte[] content)
        {
            if (!_files.TryGetValue(path, out byte[]? before) || !before.AsSpan().SequenceEqual(content))
            {
                Writes++;
                _files[path] = content;
            }
        }

        public void Remove(string path) => _files.Remove(path);
    }

    private sealed class FakeTrustd(CertificateAuthority authority) : ITrustd
    {
        public (string Host, string Token) Asked { get; private set; }

        public Task<(string Certificate, string Authorities)> IssueAsync(
            string host, string request, string token, string authorities, CancellationToken ct)
        {
            Asked = (host, token);
            string certificate = authority.SignServer(CertificateSigningRequest.Parse(request), CertificateAuthority.NodeLifetime);
            return Task.FromResult((certificate, authority.CertificatePem));
        }
    }
}
