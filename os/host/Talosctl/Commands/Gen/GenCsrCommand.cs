using System.CommandLine;
using Talos.Pki;

namespace Talosctl.Commands.Gen;

/// <summary><c>gen csr</c>: makes a signing request for a key.</summary>
internal static class GenCsrCommand
{
    public static Command Create(Host host, Option<bool> force)
    {
        Option<string> key = new("--key") { Description = "File of the private key", Required = true };
        Option<string[]> ip = new("--ip") { Description = "Addresses or names of the subject" };
        Option<string[]> roles = new("--roles") { Description = "Roles of the subject", DefaultValueFactory = _ => [Role.Admin.Name] };

        Command command = new("csr", "Make a certificate signing request") { key, ip, roles };
        command.SetAction(parsed =>
        {
            string keyFile = parsed.GetValue(key)!;
            var subject = PrivateKey.FromPem(FileInput.Text(keyFile, host));
            string path = Path.ChangeExtension(keyFile, ".csr");
            IEnumerable<string> names = (parsed.GetValue(roles) ?? []).SelectMany(r => r.Split(','));
            PrivateFile.Write(
                path,
                CertificateSigningRequest.Create(subject, RoleNames.Check(names), null, SubjectNames.Parse(parsed.GetValue(ip) ?? [])),
                parsed.GetValue(force));
            host.Error.WriteLine($"wrote {path}");
            return 0;
        });
        return command;
    }
}
