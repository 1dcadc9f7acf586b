using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Talos.Fleet.Hub.Identity;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Tests;

public sealed class EnrollmentTests
{
    [Fact]
    public async Task A_token_gives_one_node_its_identity_and_no_second_one()
    {
        using TestHub hub = new();
        await hub.AddTokenAsync("secret");

        EnrollResponse answer = await hub.Enrollment.EnrollAsync(new EnrollRequest { Token = "secret", Csr = TestHub.Csr("n-1") }, TestHub.Token);
        RequestException refused = await Assert.ThrowsAsync<RequestException>(() => hub.Enrollment.EnrollAsync(new EnrollRequest { Token = "secret", Csr = TestHub.Csr("n-2") }, TestHub.Token));

        using X509Certificate2 certificate = X509Certificate2.CreateFromPem(answer.Certificate);
        Assert.Equal("n-1", FleetAuthority.CommonName(certificate.SubjectName));
        Assert.True(hub.Authority.Issued(certificate, hub.Time.Now));
        Assert.True(FleetAuthority.IsNode(certificate));
        Assert.Contains("was used 1 of 1 times", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_whose_answer_was_lost_asks_again_with_its_key()
    {
        using TestHub hub = new();
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await hub.AddTokenAsync("secret");

        await hub.Enrollment.EnrollAsync(new EnrollRequest { Token = "secret", Csr = TestHub.Csr("n-1", key) }, TestHub.Token);

        Assert.Equal("n-1", (await hub.Enrollment.EnrollAsync(new EnrollRequest { Token = "secret", Csr = TestHub.Csr("n-1", key) }, TestHub.Token)).Node);
    }

    [Fact]
    public async Task Nobody_takes_the_name_of_a_node_that_is_enrolled_but_with_a_token_for_it()
    {
        using TestHub hub = new();
        await hub.AddTokenAsync("many", uses: 10);
        await hub.AddTokenAsync("own", node: "n-1");
        await hub.Enrollment.EnrollAsync(new EnrollRequest { Token = "many", Csr = TestHub.Csr("n-1") }, TestHub.Token);

        await Assert.ThrowsAsync<RequestException>(() => hub.Enrollment.EnrollAsync(new EnrollRequest { Token = "many", Csr = TestHub.Csr("n-1") }, TestHub.Token));
        await Assert.ThrowsAsync<RequestException>(() => hub.Enrollment.EnrollAsync(new EnrollRequest { Token = "own", Csr = TestHub.Csr("n-2") }, TestHub.Token));

        Assert.Equal("n-1", (await hub.Enrollment.EnrollAsync(new EnrollRequest { Token = "own", Csr = TestHub.Csr("n-1") }, TestHub.Token)).Node);
    }

    [Theory]
    [InlineData("hub-2")]
    [InlineData("N1")]
    [InlineData("")]
    public async Task Names_that_are_no_node_ids_are_refused(string name)
    {
        using TestHub hub = new();
        await hub.AddTokenAsync("secret");

        Assert.Equal(400, (await Assert.ThrowsAsync<RequestException>(() => hub.Enrollment.EnrollAsync(new EnrollRequest { Token = "secret", Csr = TestHub.Csr(name) }, TestHub.Token))).Status);
    }

    [Fact]
    public async Task Revoked_certificates_are_refused_and_in_the_list()
    {
        using TestHub hub = new();
        await hub.AddTokenAsync("secret");
        EnrollResponse answer = await hub.Enrollment.EnrollAsync(new EnrollRequest { Token = "secret", Csr = TestHub.Csr("n-1") }, TestHub.Token);
        using X509Certificate2 certificate = X509Certificate2.CreateFromPem(answer.Certificate);
        List<string> cut = [];
        hub.Enrollment.Revoked += cut.Add;

        await hub.Enrollment.RevokeAsync("n-1", forget: false, keepTokens: false, new Rest.Caller("admin", FleetRole.Admin), TestHub.Token);

        Assert.True(hub.Enrollment.IsRevoked(certificate));
        Assert.Contains("n-1", cut);
        CertificateRevocationListBuilder list = CertificateRevocationListBuilder.Load(await hub.Enrollment.RevocationListAsync(TestHub.Token), out _);
        Assert.True(list.RemoveEntry(Convert.FromHexString(certificate.SerialNumber)));
    }

    [Fact]
    public async Task A_node_renews_its_own_name_and_no_other()
    {
        using TestHub hub = new();
        await hub.AddTokenAsync("secret");
        EnrollResponse answer = await hub.Enrollment.EnrollAsync(new EnrollRequest { Token = "secret", Csr = TestHub.Csr("n-1") }, TestHub.Token);
        using X509Certificate2 present = X509Certificate2.CreateFromPem(answer.Certificate);

        EnrollResponse next = await hub.Enrollment.RenewAsync(present, new RenewRequest { Csr = TestHub.Csr("n-1") }, TestHub.Token);
        await Assert.ThrowsAsync<RequestException>(() => hub.Enrollment.RenewAsync(present, new RenewRequest { Csr = TestHub.Csr("n-2") }, TestHub.Token));

        Assert.NotEqual(answer.Certificate, next.Certificate);
    }

    [Fact]
    public void A_hub_keeps_its_authority_over_restarts_and_its_keys_are_its_owners_alone()
    {
        using TestHub hub = new();

        using FleetAuthority again = FleetAuthority.Open(hub.Options, hub.Time.Now);

        Assert.Equal(hub.Authority.Certificate.Thumbprint, again.Certificate.Thumbprint);
        Assert.Null(again.NewAdmin);
        Assert.All(
            Directory.GetFiles(hub.Options.Data, "*.key").Append(Path.Combine(hub.Options.Data, "admin.pem")),
            f => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(f)));
    }
}
