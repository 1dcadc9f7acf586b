using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Talos.Cosi;
using Talos.Pki;
using Talos.Resources.Config;
using Talos.Resources.Network;
using Talos.Resources.Runtime;
using Talos.Resources.Secrets;
using Talos.Rpc.Authorization;
using Talos.Rpc.Tls;
using Talos.Secrets.Controllers;
using Talos.Testing;

namespace Talos.Secrets.Tests;

public partial class SecretsFlowTests
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    private readonly ManualTime _time = new();
    private InMemoryState _state;
    private FakeFiles _files = new();
    private readonly FakeKept _kept = new();
    private readonly FakeTrustd _trustd;
    private readonly CertificateAuthority _authority;
    private IController[] _controllers;

    public SecretsFlowTests()
    {
        _state = new InMemoryState(_time);
        _authority = CertificateAuthority.Create(AuthorityOptions.Os, _time);
        _trustd = new FakeTrustd(_authority);
        _controllers = Controllers();
    }

    private IController[] Controllers() =>
    [
        new RootController(_time, NullLogger<RootController>.Instance),
        new CertSanController(),
        new ApiCertificateController(_trustd, _kept, _time, NullLogger<ApiCertificateController>.Instance),
        new DaemonController(_files, _time),
    ];

    // What is in memory is gone: resources, files of the memory file system; STATE stays.
    private void Restart() => (_state, _files, _controllers) = (new InMemoryState(_time), new FakeFiles(), []);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_answer_of_trustd_adds_no_authority()
    {
        _trustd.Authorities = CertificateAuthority.Create(AuthorityOptions.Os, _time).CertificatePem;

        Configure("worker", withKey: false);
        await SettleAsync();

        Assert.Equal(_authority.CertificatePem, _files.Apid.Authorities);
    }

    [Fact]
    public async Task A_node_without_a_config_runs_apid_for_everybody()
    {
        Found(maintenance: true);
        await SettleAsync();

        ApidSecrets apid = _files.Apid;
        Assert.Equal(Admission.Maintenance, apid.Admission);
        Assert.Empty(apid.Authorities);
        using X509Certificate2 certificate = Certificates.Read(apid.Certificate);
        Assert.Contains("maintenance-service.talos.dev", certificate.Subject, StringComparison.Ordinal);
        Assert.NotNull(Find<ServiceSpec>("apid"));
        Assert.Null(Find<ServiceSpec>("trustd"));
    }

    [Fact]
    public async Task The_fingerprint_in_maintenance_outlives_a_new_address()
    {
        Found(maintenance: true);
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
        Found(maintenance: true);
        await SettleAsync();
        Given(HostnameStatusId, new HostnameStatus { Hostname = "edge-01", Domainname = "example.org" });
        Configure("controlplane", withKey: true);
        await SettleAsync();

        ApidSecrets apid = _files.Apid;
        Assert.Equal(Admission.Members, apid.Admission);
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
    [Trait("Category", "Security")]
    public async Task What_a_peer_answers_widens_nothing_of_whom_a_worker_lets_in()
    {
        var attacker = CertificateAuthority.Create(AuthorityOptions.Os, _time);
        _trustd.Authorities = attacker.CertificatePem + _authority.CertificatePem;
        Configure("worker", withKey: false);
        await SettleAsync();
        Assert.Equal(_authority.CertificatePem, _files.Apid.Authorities);

        string before = _files.Apid.Certificate;
        _trustd.Issuer = attacker;
        _time.Advance(TimeSpan.FromHours(13));
        await Assert.ThrowsAsync<PkiException>(SettleAsync);
        await _controllers[^1].ReconcileAsync(new ControllerContext(_controllers[^1], _state), Ct);

        Assert.Equal((before, _authority.CertificatePem), (_files.Apid.Certificate, _files.Apid.Authorities));
    }

    [Fact]
    public async Task A_worker_that_gets_fewer_names_than_it_asked_for_does_not_ask_again_and_keeps_its_key()
    {
        _trustd.Issues = names => names with { DnsNames = [.. names.DnsNames.Where(n => n != "localhost")], Addresses = [IPAddress.Parse("10.0.0.5")] };
        Given(NodeAddress.Current, new NodeAddress { Addresses = [new IPPrefix(IPAddress.Parse("10.0.0.5"), 24)] });
        Given(HostnameStatusId, new HostnameStatus { Hostname = "edge-02" });
        Configure("worker", withKey: false);
        await SettleAsync();
        await SettleAsync();
        Assert.Equal(1, _trustd.Calls);

        _time.Advance(TimeSpan.FromHours(13));
        await SettleAsync();

        Assert.Equal(2, _trustd.Calls);
        Assert.Single(_trustd.Keys.Distinct());
    }

    [Fact]
    [Trait("Category", "Security")]
    public async Task Both_daemons_run_without_capabilities_and_behind_a_filter_and_each_reads_its_own_file_alone()
    {
        Configure("controlplane", withKey: true);
        await SettleAsync();

        foreach (ServiceSpec spec in (ServiceSpec[])[Find<ServiceSpec>("apid")!.Spec, Find<ServiceSpec>("trustd")!.Spec])
        {
            Assert.Equal(DaemonRights.AllBut(), spec.DroppedCapabilities);
            Assert.Equal((true, ServiceDeniedCalls.Daemon), (spec.Confined, spec.DeniedCalls));
        }

        Assert.Equal(DaemonRights.TrustdUser, Find<ServiceSpec>("trustd")!.Spec.User);
        Assert.Equal((0, DaemonRights.TrustdUser), (_files.Users[ApidSecrets.DefaultPath], _files.Users[TrustdSecrets.DefaultPath]));
    }

    [Fact]
    [Trait("Category", "Security")]
    public async Task Trustd_is_told_which_names_are_the_control_planes()
    {
        Given(HostnameStatusId, new HostnameStatus { Hostname = "cp-1" });
        Given(NodeAddress.Current, new NodeAddress { Addresses = [new IPPrefix(IPAddress.Parse("10.0.0.1"), 24)] });
        Configure("controlplane", withKey: true);
        await SettleAsync();

        Assert.Equal(["10.0.0.1", "api.example.org", "cp-1"], _files.Trustd.Reserved.Order());
        Assert.Equal("api.example.org", _files.Trustd.Endpoint);
    }

    [Fact]
    public async Task A_worker_asks_trustd_and_forwards_nothing()
    {
        Configure("worker", withKey: false);
        await SettleAsync();

        Assert.Equal(("api.example.org", "abcdef.0123456789abcdef"), _trustd.Asked);
        Assert.Empty(_files.Apid.ClientCertificate);
        Assert.Equal(Admission.Members, _files.Apid.Admission);
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

    private void Found(bool maintenance, bool damaged = false) =>
        Given(ConfigStatus.Id, new ConfigStatus { Maintenance = maintenance, Damaged = damaged });

    private void Configure(string type, bool withKey)
    {
        Found(maintenance: false);
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
        if (_controllers.Length == 0)
        {
            _controllers = Controllers();
        }

        for (int round = 0; round < 2; round++)
        {
            foreach (IController controller in _controllers)
            {
                try
                {
                    await controller.ReconcileAsync(new ControllerContext(controller, _state), Ct);
                }
                catch (IOException) when (_trustd.IsAway)
                {
                    // The controller runtime tries again later.
                }
            }
        }
    }
}
