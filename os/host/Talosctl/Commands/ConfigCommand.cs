using System.CommandLine;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using Talos.Api.Machine;
using Talos.Pki;
using Talosctl.Cli;
using Talosctl.Client;
using Talosctl.Configuration;

namespace Talosctl.Commands;

/// <summary><c>config ...</c>: the client configuration.</summary>
internal static class ConfigCommand
{
    public static Command Create() => new("config", "Manage the client configuration")
    {
        Add(), UseContext(), Contexts(), Endpoint(), Node(), Info(), Merge(), New(), Remove(),
    };

    private static Command Add()
    {
        Argument<string> name = new("context") { Description = "Name of the new context" };
        Option<string> ca = new("--ca") { Description = "File of the authority", Required = true };
        Option<string> crt = new("--crt") { Description = "File of the client certificate", Required = true };
        Option<string> key = new("--key") { Description = "File of its key", Required = true };
        Command command = new("add", "Add a context") { name, ca, crt, key };
        command.SetAction(parsed => Change(parsed, config => config.Contexts.ContainsKey(parsed.GetValue(name)!)
            ? throw new TalosctlException($"context \"{parsed.GetValue(name)}\" exists already")
            : config.With(parsed.GetValue(name)!, new TalosconfigContext
            {
                Ca = Encoded(parsed.GetValue(ca)!),
                Crt = Encoded(parsed.GetValue(crt)!),
                Key = Encoded(parsed.GetValue(key)!),
            })));
        return command;
    }

    private static Command UseContext()
    {
        Argument<string> name = new("context") { Description = "Context to use from now on" };
        Command command = new("context", "Set the context in use") { name };
        command.Aliases.Add("use-context");
        command.SetAction(parsed => Change(parsed, config =>
        {
            config.Selected(parsed.GetValue(name));
            return config with { Context = parsed.GetValue(name)! };
        }));
        return command;
    }

    private static Command Contexts()
    {
        Command command = new("contexts", "List the contexts");
        command.Aliases.Add("get-contexts");
        command.SetAction(parsed =>
        {
            Talosconfig config = TalosconfigFile.Find(parsed).Read();
            Table table = new("CURRENT", "NAME", "ENDPOINTS", "NODES");
            foreach ((string name, TalosconfigContext context) in config.Contexts)
            {
                table.Add(name == config.Context ? "*" : "", name, string.Join(',', context.Endpoints), string.Join(',', context.Nodes));
            }

            table.WriteTo(Console.Out);
            return 0;
        });
        return command;
    }

    private static Command Endpoint()
    {
        Argument<string[]> addresses = new("endpoints") { Description = "Addresses of the endpoints", Arity = ArgumentArity.OneOrMore };
        Command command = new("endpoint", "Set the endpoints of the context") { addresses };
        command.Aliases.Add("endpoints");
        command.SetAction(parsed => ChangeContext(parsed, c => c with { Endpoints = parsed.GetValue(addresses)! }));
        return command;
    }

    private static Command Node()
    {
        Argument<string[]> addresses = new("nodes") { Description = "Addresses of the nodes", Arity = ArgumentArity.OneOrMore };
        Command command = new("node", "Set the nodes of the context") { addresses };
        command.Aliases.Add("nodes");
        command.SetAction(parsed => ChangeContext(parsed, c => c with { Nodes = parsed.GetValue(addresses)! }));
        return command;
    }

    private static Command Info()
    {
        Option<string> output = new("--output", "-o") { Description = "text, json or yaml", DefaultValueFactory = _ => "text" };
        output.AcceptOnlyFromAmong("text", "json", "yaml");
        Command command = new("info", "Show the context in use") { output };
        command.SetAction(parsed =>
        {
            Talosconfig config = TalosconfigFile.Find(parsed).Read();
            string name = parsed.GetValue(GlobalOptions.Context) ?? config.Context;
            TalosconfigContext context = config.Selected(name);
            using X509Certificate2 certificate = Certificates.Read(context.ClientPair().CertificatePem);
            string roles = string.Join(", ", Certificates.Organizations(certificate));
            string yaml = $"context: {name}\nnodes: [{string.Join(", ", context.Nodes)}]\nendpoints: [{string.Join(", ", context.Endpoints)}]\n"
                + $"roles: [{string.Join(", ", Certificates.Organizations(certificate).Select(r => $"\"{r}\""))}]\nexpires: \"{certificate.NotAfter.ToUniversalTime():yyyy-MM-ddTHH:mm:ssZ}\"";
            Console.WriteLine(parsed.GetValue(output) switch
            {
                "yaml" => yaml,
                "json" => Resources.YamlPath.Json(Resources.YamlPath.Parse(yaml), indented: true),
                _ => $"Current context:     {name}\nNodes:               {Listed(context.Nodes)}\nEndpoints:           {Listed(context.Endpoints)}\n"
                    + $"Roles:               {roles}\nCertificate expires: {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm:ss} UTC",
            });
            return 0;
        });
        return command;
    }

    private static Command Merge()
    {
        Argument<string> from = new("from") { Description = "Client configuration to take the contexts of" };
        Command command = new("merge", "Add the contexts of another client configuration") { from };
        command.SetAction(parsed =>
        {
            TalosconfigFile file = TalosconfigFile.Find(parsed);
            (Talosconfig merged, IReadOnlyList<(string From, string To)> renamed) = file.ReadOrEmpty().Merge(new TalosconfigFile(parsed.GetValue(from)!).Read());
            foreach ((string old, string now) in renamed)
            {
                Console.WriteLine($"renamed talosconfig context \"{old}\" -> \"{now}\"");
            }

            file.Write(merged);
            return 0;
        });
        return command;
    }

    private static Command New()
    {
        Argument<string> path = new("path") { Description = "File to write", DefaultValueFactory = _ => "talosconfig" };
        Option<string[]> roles = new("--roles") { Description = "Roles of the new certificate", DefaultValueFactory = _ => ["os:admin"] };
        Option<string> ttl = new("--crt-ttl") { Description = "Lifetime of the new certificate", DefaultValueFactory = _ => "8760h" };
        Command command = new("new", "Have a node issue a new client configuration") { path, roles, ttl };
        command.SetAction((parsed, ct) => NodeCommand.RunAsync(parsed, ct, async node =>
        {
            string to = parsed.GetValue(path)!;
            if (File.Exists(to))
            {
                throw new TalosctlException($"{to} exists already: name another file");
            }

            GenerateClientConfigurationRequest request = new() { CrtTtl = Duration.FromTimeSpan(Units.Duration(parsed.GetValue(ttl)!)) };
            request.Roles.AddRange(parsed.List(roles));
            GenerateClientConfigurationResponse answer = await node.Machine.GenerateClientConfigurationAsync(request, node.Headers, cancellationToken: ct);
            GenerateClientConfiguration made = answer.Messages[0];
            TalosconfigFile current = TalosconfigFile.Find(parsed);
            Talosconfig config = current.Read();
            string name = parsed.GetValue(GlobalOptions.Context) ?? config.Context;
            new TalosconfigFile(to).Write(new Talosconfig { Context = name }.With(name, new TalosconfigContext
            {
                Endpoints = config.Selected(name).Endpoints,
                Ca = Convert.ToBase64String(made.Ca.Span),
                Crt = Convert.ToBase64String(made.Crt.Span),
                Key = Convert.ToBase64String(made.Key.Span),
            }));
        }));
        return command;
    }

    private static Command Remove()
    {
        Argument<string[]> names = new("contexts") { Description = "Contexts to remove", Arity = ArgumentArity.OneOrMore };
        Option<bool> dryRun = new("--dry-run") { Description = "Say what would be removed and remove nothing" };
        Option<bool> noConfirm = new("--noconfirm", "-y") { Description = "Do not ask" };
        Command command = new("remove", "Remove contexts") { names, dryRun, noConfirm };
        command.SetAction(parsed => Change(parsed, config =>
        {
            string[] wanted = parsed.GetValue(names)!;
            foreach (string name in wanted)
            {
                config.Selected(name);
                if (name == config.Context)
                {
                    throw new TalosctlException($"context \"{name}\" is in use: switch to another with `talosctl config context NAME` first");
                }
            }

            if (parsed.GetValue(dryRun))
            {
                Console.WriteLine($"would remove {string.Join(", ", wanted)}");
                return config;
            }

            if (!parsed.GetValue(noConfirm) && !Console.IsInputRedirected)
            {
                Console.Error.Write($"remove {string.Join(", ", wanted)}? (y/N): ");
                if (Console.ReadLine()?.Trim() is not ("y" or "Y"))
                {
                    return config;
                }
            }

            return config.Without(wanted);
        }));
        return command;
    }

    private static int Change(ParseResult parsed, Func<Talosconfig, Talosconfig> change)
    {
        TalosconfigFile file = TalosconfigFile.Find(parsed);
        file.Write(change(file.ReadOrEmpty()));
        return 0;
    }

    private static int ChangeContext(ParseResult parsed, Func<TalosconfigContext, TalosconfigContext> change) => Change(parsed, config =>
    {
        string name = parsed.GetValue(GlobalOptions.Context) ?? config.Context;
        return config.With(name, change(config.Selected(name)));
    });

    private static string Encoded(string path)
    {
        try
        {
            return Convert.ToBase64String(Encoding.UTF8.GetBytes(File.ReadAllText(path)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TalosctlException($"{path}: {e.Message}");
        }
    }

    private static string Listed(IReadOnlyList<string> values) => values.Count == 0 ? "not defined" : string.Join(", ", values);
}
