using System.CommandLine;
using Talos.Config;
using Talosctl.Cli;

namespace Talosctl.Commands.Gen;

/// <summary><c>gen config</c>: makes the machine configs and the client configuration of a cluster.</summary>
internal sealed class GenConfigCommand
{
    private const string ControlPlane = "controlplane";
    private const string Worker = "worker";
    private const string Client = "talosconfig";

    private readonly Argument<string> _name = new("cluster name") { Description = "Name of the cluster" };
    private readonly Argument<string> _endpoint = new("cluster endpoint") { Description = "Address of the Kubernetes API, https://host:6443" };
    private readonly Option<string?> _output = new("--output", "-o") { Description = "Directory, or file for a single output; - is standard output" };
    private readonly Option<string[]> _types = new("--output-types", "-t") { Description = "What to make: controlplane, worker, talosconfig" };
    private readonly Option<string[]> _sans = new("--additional-sans") { Description = "Further names and addresses of the machine API" };
    private readonly Option<string[]> _patch = new("--config-patch") { Description = "A patch for all configs, or @file" };
    private readonly Option<string[]> _controlPlanePatch = new("--config-patch-control-plane") { Description = "A patch for control-plane configs, or @file" };
    private readonly Option<string[]> _workerPatch = new("--config-patch-worker") { Description = "A patch for worker configs, or @file" };
    private readonly Option<string> _dnsDomain = new("--dns-domain") { Description = "DNS domain of the cluster", DefaultValueFactory = _ => "cluster.local" };
    private readonly Option<string?> _disk = new("--install-disk") { Description = "Disk to install on" };
    private readonly Option<string?> _image = new("--install-image") { Description = "Image to install" };
    private readonly Option<string?> _kubernetes = new("--kubernetes-version") { Description = "Kubernetes version for the control plane's images" };
    private readonly Option<string[]> _mirror = new("--registry-mirror") { Description = "Mirror of a registry, host=https://mirror" };
    private readonly Option<string?> _secrets = new("--with-secrets") { Description = "Take the secrets from this file instead of new ones" };
    private readonly Option<bool> _discovery = new("--with-cluster-discovery") { Description = "Let nodes find each other" };
    private readonly Option<bool> _kubeSpan = new("--with-kubespan") { Description = "Let nodes talk through an encrypted mesh" };
    private readonly Option<bool> _docs = new("--with-docs") { Description = "Accepted for compatibility; no comments are written" };
    private readonly Option<bool> _examples = new("--with-examples") { Description = "Accepted for compatibility; no examples are written" };
    private readonly Option<string?> _version = new("--talos-version") { Description = "Accepted for compatibility; there is one form of config" };

    private readonly Host _host;
    private readonly Option<bool> _force;

    private GenConfigCommand(Host host, Option<bool> force) => (_host, _force) = (host, force);

    public static Command Create(Host host, string name, Option<bool> force) => new GenConfigCommand(host, force).Build(name);

    /// <summary>The same command where there is no parent with <c>--force</c>.</summary>
    public static Command Create(Host host, string name)
    {
        Option<bool> force = new("--force", "-f") { Description = "Replace files that are there" };
        Command command = Create(host, name, force);
        command.Options.Add(force);
        return command;
    }

    private Command Build(string name)
    {
        Command command = new(name, "Make the machine configs and the client configuration of a cluster")
        {
            _name, _endpoint, _output, _types, _sans, _patch, _controlPlanePatch, _workerPatch, _dnsDomain, _disk, _image, _kubernetes,
            _mirror, _secrets, _discovery, _kubeSpan, _docs, _examples, _version,
        };
        command.SetAction(parsed =>
        {
            Run(parsed);
            return 0;
        });
        return command;
    }

    private void Run(ParseResult parsed)
    {
        GenerateOptions options = Options(parsed);
        List<string> types = [.. (parsed.GetValue(_types) ?? []).SelectMany(t => t.Split(','))];
        if (types.Count == 0 || types.Contains("all"))
        {
            types = [ControlPlane, Worker, Client];
        }

        List<(string Path, string Content)> files = [];
        foreach (string type in types)
        {
            string content = Content(type, options, parsed);
            string file = type == Client ? Client : $"{type}.yaml";
            files.Add((Target(parsed.GetValue(_output), file, types.Count), content));
        }

        Write(files, parsed.GetValue(_force));
    }

    private string Content(string type, GenerateOptions options, ParseResult parsed) => type switch
    {
        ControlPlane => Machine(options, MachineKind.ControlPlane, parsed, _controlPlanePatch),
        Worker => Machine(options, MachineKind.Worker, parsed, _workerPatch),
        Client => ConfigGenerator.ClientConfiguration(options, _host.Clock),
        _ => throw new TalosctlException($"output type '{type}' is none of {ControlPlane}, {Worker}, {Client}"),
    };

    private string Machine(GenerateOptions options, MachineKind kind, ParseResult parsed, Option<string[]> patches)
    {
        string config = ConfigGenerator.Machine(options, kind);
        IReadOnlyList<string> all = [.. FileInput.Patches(parsed.GetValue(_patch), _host), .. FileInput.Patches(parsed.GetValue(patches), _host)];
        if (all.Count > 0)
        {
            config = ConfigPatcher.Apply(config, all);
        }

        ConfigReader.Parse(config);
        return config;
    }

    private GenerateOptions Options(ParseResult parsed)
    {
        string endpoint = parsed.GetValue(_endpoint)!;
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? url) || url is not { Scheme: "https", Host.Length: > 0 } || url.AbsolutePath != "/")
        {
            throw new TalosctlException($"cluster endpoint '{endpoint}' is not like https://10.5.0.2:6443");
        }

        return new GenerateOptions
        {
            ClusterName = parsed.GetValue(_name)!,
            Endpoint = url,
            Secrets = parsed.GetValue(_secrets) is string file
                ? SecretsYaml.Read(FileInput.Text(file, _host))
                : SecretsBundle.Create(_host.Clock),
            KubernetesVersion = (parsed.GetValue(_kubernetes) ?? "").TrimStart('v'),
            AdditionalSans = [.. (parsed.GetValue(_sans) ?? []).SelectMany(s => s.Split(','))],
            DnsDomain = parsed.GetValue(_dnsDomain)!,
            InstallDisk = parsed.GetValue(_disk) ?? "",
            InstallImage = parsed.GetValue(_image) ?? "",
            RegistryMirrors = [.. (parsed.GetValue(_mirror) ?? []).Select(Mirror)],
            Discovery = parsed.GetValue(_discovery),
            KubeSpan = parsed.GetValue(_kubeSpan),
        };
    }

    private static KeyValuePair<string, string> Mirror(string text)
    {
        int at = text.IndexOf('=', StringComparison.Ordinal);
        return at > 0
            ? new KeyValuePair<string, string>(text[..at], text[(at + 1)..])
            : throw new TalosctlException($"registry mirror '{text}' is not like host=https://mirror");
    }

    private static string Target(string? output, string file, int count)
    {
        if (count == 1 && output is not null)
        {
            return output == "-" || !Directory.Exists(output) ? output : Path.Combine(output, file);
        }

        return output is "-" ? throw new TalosctlException("only one output type fits standard output") : Path.Combine(output ?? ".", file);
    }

    private void Write(List<(string Path, string Content)> files, bool force)
    {
        if (files is [("-", string content)])
        {
            _host.Out.Write(content);
            return;
        }

        PrivateFile.RequireAbsent(files.Select(f => f.Path), force);
        foreach ((string path, string text) in files)
        {
            PrivateFile.Write(path, text, force);
            _host.Error.WriteLine($"wrote {path}");
        }
    }
}
