using System.CommandLine;
using Talos.Pki;

namespace Talosctl.Commands.Gen;

/// <summary><c>gen keypair</c>: makes a server certificate that is its own authority, with its key.</summary>
internal static class GenKeypairCommand
{
    public static Command Create(Host host, Option<bool> force)
    {
        Option<string[]> ip = new("--ip") { Description = "Addresses or names of the subject", Required = true };
        Option<string> organization = new("--organization") { Description = "Organization; also names the files", Required = true };

        Command command = new("keypair", "Make a server certificate with its own authority, and its key") { ip, organization };
        command.SetAction(parsed =>
        {
            string name = parsed.GetValue(organization)!;
            bool overwrite = parsed.GetValue(force);
            PrivateFile.RequireAbsent([$"{name}.crt", $"{name}.key"], overwrite);
            var authority = CertificateAuthority.Create(new AuthorityOptions { Organization = name }, host.Clock);
            CertificateAndKey pair = authority.IssueServer(
                SubjectNames.Parse(parsed.GetValue(ip)!), name, CertificateAuthority.AuthorityLifetime);
            PrivateFile.Write($"{name}.crt", pair.CertificatePem + authority.CertificatePem, overwrite);
            PrivateFile.Write($"{name}.key", pair.KeyPem.Reveal(), overwrite);
            host.Error.WriteLine($"wrote {name}.crt and {name}.key");
            return 0;
        });
        return command;
    }
}
