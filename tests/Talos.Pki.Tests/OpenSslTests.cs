using System.Diagnostics;

namespace Talos.Pki.Tests;

/// <summary>Another implementation reads what we make, and we read what it makes.</summary>
public sealed class OpenSslTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pki-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(KeyAlgorithm.EcdsaP256)]
    [InlineData(KeyAlgorithm.Ed25519)]
    public void Openssl_verifies_our_certificates(KeyAlgorithm algorithm)
    {
        var authority = CertificateAuthority.Create(AuthorityOptions.Os with { Algorithm = algorithm }, TimeProvider.System);
        Write("ca.crt", authority.CertificatePem);
        Write("client.crt", authority.IssueClient([Role.Admin], CertificateAuthority.AdminLifetime).CertificatePem);
        Write("server.crt", authority.IssueServer(SubjectNames.Parse(["10.5.0.2", "edge-01"]), null, TimeSpan.FromHours(24)).CertificatePem);

        Assert.Contains("client.crt: OK", Run("verify -x509_strict -purpose sslclient -CAfile ca.crt client.crt"), StringComparison.Ordinal);
        Assert.Contains("server.crt: OK", Run("verify -x509_strict -purpose sslserver -verify_ip 10.5.0.2 -CAfile ca.crt server.crt"), StringComparison.Ordinal);
        string text = Run("x509 -in client.crt -noout -subject -ext extendedKeyUsage,keyUsage");
        Assert.Contains("O = os:admin", text, StringComparison.Ordinal);
        Assert.Contains("TLS Web Client Authentication", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Server", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Openssl_reads_our_keys_and_requests()
    {
        foreach (KeyAlgorithm algorithm in Enum.GetValues<KeyAlgorithm>())
        {
            var key = PrivateKey.Generate(algorithm);
            Write("key.pem", key.ToPem().Reveal());
            Write("req.pem", CertificateSigningRequest.Create(key, ["os:reader"], null, SubjectNames.Parse(["10.5.0.9"])));

            string text = Run("req -in req.pem -noout -verify -subject -text");

            Assert.Contains("O = os:reader", text, StringComparison.Ordinal);
            Assert.Contains("IP Address:10.5.0.9", text, StringComparison.Ordinal);
            if (algorithm is not KeyAlgorithm.Ed25519)
            {
                Run("pkey -in key.pem -noout -check");
            }
        }
    }

    [Fact]
    public void An_authority_and_a_request_of_openssl_are_used()
    {
        Run("req -x509 -newkey ed25519 -nodes -keyout ca.key -out ca.crt -subj /O=talos -days 10");
        Run("req -newkey ed25519 -nodes -keyout node.key -out node.csr -subj /O=os:admin -addext subjectAltName=IP:10.5.0.3,DNS:edge-03");
        var authority = CertificateAuthority.Load(
            new CertificateAndKey(Read("ca.crt"), new Secret(Read("ca.key"))), TimeProvider.System);

        var request = CertificateSigningRequest.Parse(Read("node.csr"));
        Write("node.crt", authority.SignServer(request, CertificateAuthority.NodeLifetime));

        Assert.Equal(["edge-03"], request.Names.DnsNames);
        Assert.Contains("node.crt: OK", Run("verify -purpose sslserver -verify_hostname edge-03 -CAfile ca.crt node.crt"), StringComparison.Ordinal);
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);

    private string Read(string name) => File.ReadAllText(Path.Combine(_folder, name));

    private string Run(string arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("openssl", arguments)
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"openssl {arguments}: {output}{error.Result}");
        return output + error.Result;
    }
}
