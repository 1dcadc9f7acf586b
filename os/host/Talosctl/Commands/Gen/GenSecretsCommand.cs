using System.CommandLine;
using Talos.Config;
using Talos.Pki;

namespace Talosctl.Commands.Gen;

/// <summary><c>gen secrets</c>: makes the secrets of a cluster.</summary>
internal static class GenSecretsCommand
{
    public static Command Create(Host host, Option<bool> force)
    {
        Option<string> output = new("--output-file", "-o") { Description = "Where to write; - is standard output", DefaultValueFactory = _ => "secrets.yaml" };
        Option<string?> from = new("--from-controlplane-config") { Description = "Take the secrets out of this control-plane config" };
        Option<string?> token = new("--kubernetes-bootstrap-token", "-t") { Description = "Token by which kubelets join, abcdef.0123456789abcdef" };

        Command command = new("secrets", "Make the secrets of a cluster, from which configs can be made again") { output, from, token };
        command.SetAction(parsed =>
        {
            SecretsBundle secrets = parsed.GetValue(from) is string config
                ? SecretsYaml.FromConfig(FileInput.Text(config, host))
                : SecretsBundle.Create(host.Clock);
            if (parsed.GetValue(token) is string given)
            {
                secrets = secrets with { BootstrapToken = new Secret(given) };
            }

            string path = parsed.GetValue(output)!;
            if (path == "-")
            {
                host.Out.Write(SecretsYaml.Write(secrets));
            }
            else
            {
                PrivateFile.Write(path, SecretsYaml.Write(secrets), parsed.GetValue(force));
                host.Error.WriteLine($"wrote {path}");
            }

            return 0;
        });
        return command;
    }
}
