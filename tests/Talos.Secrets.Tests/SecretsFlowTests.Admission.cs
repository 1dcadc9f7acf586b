using Microsoft.Extensions.Logging.Abstractions;
using Talos.Pki;
using Talos.Resources.Runtime;
using Talos.Resources.Secrets;
using Talos.Rpc.Authorization;
using Talos.Secrets.Ports;

namespace Talos.Secrets.Tests;

/// <summary>Who is let in: nobody before STATE was read, everybody without a config, the owner in all other cases.</summary>
public partial class SecretsFlowTests
{
    [Fact]
    [Trait("Category", "Security")]
    public async Task Until_STATE_was_read_nobody_listens_and_no_authority_is_made_up()
    {
        await SettleAsync();

        Assert.False(_files.HasApid);
        Assert.Null(Find<ServiceSpec>("apid"));
        Assert.Null(Find<MaintenanceRootSecret>(MaintenanceRootSecret.Id));
    }

    [Fact]
    [Trait("Category", "Security")]
    public async Task A_worker_whose_control_plane_does_not_answer_is_closed_to_those_it_let_in_before()
    {
        Found(maintenance: true);
        await SettleAsync();
        Assert.Equal(Admission.Maintenance, _files.Apid.Admission);
        _trustd.IsAway = true;

        Configure("worker", withKey: false);
        await SettleAsync();

        Assert.Equal(Admission.Closed, _files.Apid.Admission);
        Assert.Empty(_files.Apid.Authorities);
    }

    [Fact]
    [Trait("Category", "Security")]
    public async Task A_worker_that_starts_without_its_control_plane_is_open_to_its_owner_by_the_kept_certificate_until_that_expires()
    {
        Configure("worker", withKey: false);
        await SettleAsync();
        string issued = _files.Apid.Certificate;
        Restart();
        _trustd.IsAway = true;

        Configure("worker", withKey: false);
        await SettleAsync();
        Assert.Equal((Admission.Members, issued), (_files.Apid.Admission, _files.Apid.Certificate));
        Assert.Equal(_authority.CertificatePem, _files.Apid.Authorities);

        _time.Advance(TimeSpan.FromHours(23));
        await SettleAsync();
        Assert.Equal(Admission.Members, _files.Apid.Admission);

        _time.Advance(TimeSpan.FromHours(2));
        await SettleAsync();
        Assert.Equal(Admission.Closed, _files.Apid.Admission);

        _trustd.IsAway = false;
        await SettleAsync();
        Assert.Equal(Admission.Members, _files.Apid.Admission);
        Assert.NotEqual(issued, _files.Apid.Certificate);
    }

    [Fact]
    [Trait("Category", "Security")]
    public async Task A_kept_certificate_of_another_CA_counts_for_nothing()
    {
        Configure("worker", withKey: false);
        await SettleAsync();
        _kept.Certificate = _kept.Certificate! with { IssuedBy = CertificateAuthority.Create(AuthorityOptions.Os, _time).CertificatePem };
        Restart();
        _trustd.IsAway = true;

        Configure("worker", withKey: false);
        await SettleAsync();

        Assert.False(_files.HasApid);
    }

    [Fact]
    [Trait("Category", "Security")]
    public async Task A_node_whose_config_is_damaged_is_open_to_its_owner_and_to_nobody_else()
    {
        Configure("controlplane", withKey: true);
        await SettleAsync();
        Restart();

        Found(maintenance: false, damaged: true);
        await SettleAsync();

        Assert.Equal((Admission.Members, _authority.CertificatePem), (_files.Apid.Admission, _files.Apid.Authorities));
        Assert.Null(Find<MaintenanceRootSecret>(MaintenanceRootSecret.Id));
        Assert.Null(Find<ServiceSpec>("trustd"));
    }

    [Fact]
    [Trait("Category", "Security")]
    public void The_kept_certificate_is_a_file_of_root_alone_and_comes_back_as_it_was()
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "api-certificate.json");
        ApiCertificate certificate = new() { AcceptedCas = "A", IssuedBy = "B", Server = new PemPair("C", "D"), Client = PemPair.None };

        new KeptCertificate(NullLogger<KeptCertificate>.Instance, path).Save(certificate);

        Assert.Equal(certificate, new KeptCertificate(NullLogger<KeptCertificate>.Instance, path).Load());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        File.WriteAllText(path, "{\"acceptedCas\":");
        Assert.Null(new KeptCertificate(NullLogger<KeptCertificate>.Instance, path).Load());
    }
}
