using System.CommandLine;
using Talos.Pki;

namespace Talosctl.Commands.Gen;

/// <summary><c>gen ca</c>: makes a certificate authority.</summary>
internal static class GenCaCommand
{
    public static Command Create(Host host, Option<bool> force)
    {
        Option<string> organization = new("--organization") { Description = "Organization of the authority; also names the files", Required = true };
        Option<int> hours = new("--hours") { Description = "How long it is valid", DefaultValueFactory = _ => 87600 };
        Option<bool> rsa = new("--rsa") { Description = "Make an RSA key; the same as --algorithm rsa" };
        Option<string> algorithm = KeyOptions.Algorithm();

        Command command = new("ca", "Make a self-signed certificate authority") { organization, hours, rsa, algorithm };
        command.SetAction(parsed =>
        {
            string name = parsed.GetValue(organization)!;
            CertificateAndKey pair = CertificateAuthority.Create(
                new AuthorityOptions
                {
                    Organization = name,
                    Algorithm = parsed.GetValue(rsa) ? KeyAlgorithm.Rsa4096 : KeyOptions.Parse(parsed.GetValue(algorithm)),
                    Lifetime = TimeSpan.FromHours(parsed.GetValue(hours)),
                },
                host.Clock).Pair;
            bool overwrite = parsed.GetValue(force);
            PrivateFile.RequireAbsent([$"{name}.crt", $"{name}.key", $"{name}.sha256"], overwrite);
            PrivateFile.Write($"{name}.crt", pair.CertificatePem, overwrite);
            PrivateFile.Write($"{name}.key", pair.KeyPem.Reveal(), overwrite);
            using var certificate = Certificates.Read(pair.CertificatePem);
            PrivateFile.Write($"{name}.sha256", Certificates.Fingerprint(certificate) + "\n", overwrite);
            return 0;
        });
        return command;
    }
}
