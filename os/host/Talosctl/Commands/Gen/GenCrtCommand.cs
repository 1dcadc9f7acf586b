using System.CommandLine;
using Talos.Pki;

namespace Talosctl.Commands.Gen;

/// <summary><c>gen crt</c>: signs a request with an authority.</summary>
internal static class GenCrtCommand
{
    public static Command Create(Host host, Option<bool> force)
    {
        Option<string> ca = new("--ca") { Description = "Name of the authority's files, without .crt and .key", Required = true };
        Option<string> csr = new("--csr") { Description = "File of the signing request", Required = true };
        Option<string> name = new("--name") { Description = "Name of the new file, without .crt", Required = true };
        Option<int> hours = new("--hours") { Description = "How long it is valid", DefaultValueFactory = _ => 24 };

        Command command = new("crt", "Make a certificate from a signing request") { ca, csr, name, hours };
        command.SetAction(parsed =>
        {
            var authority = CertificateAuthority.Load(
                new CertificateAndKey(
                    FileInput.Text($"{parsed.GetValue(ca)}.crt", host), new Secret(FileInput.Text($"{parsed.GetValue(ca)}.key", host))),
                host.Clock);
            var request = CertificateSigningRequest.Parse(FileInput.Text(parsed.GetValue(csr)!, host));
            var lifetime = TimeSpan.FromHours(parsed.GetValue(hours));
            string path = $"{parsed.GetValue(name)}.crt";
            PrivateFile.Write(
                path,
                request.Organizations.Count > 0 ? authority.SignClient(request, lifetime) : authority.SignServer(request, lifetime),
                parsed.GetValue(force));
            host.Error.WriteLine($"wrote {path}");
            return 0;
        });
        return command;
    }
}
