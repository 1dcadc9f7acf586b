using System.CommandLine;
using Talos.Config;
using Talos.Ota.Bundle;
using Talos.Pki;
using Talosctl.Cli;
using Talosctl.Commands;
using Talosctl.Commands.Bundles;
using Talosctl.Commands.Fleet;
using Talosctl.Commands.Gen;

namespace Talosctl.Tests;

/// <summary>Runs command lines in a directory of their own.</summary>
internal sealed class CommandRun : IDisposable
{
    private readonly StringWriter _out = new() { NewLine = "\n" };
    private readonly StringWriter _error = new() { NewLine = "\n" };

    public CommandRun() => Directory.CreateDirectory(Folder);

    public string Folder { get; } = Path.Combine(Path.GetTempPath(), $"talosctl-{Guid.NewGuid():N}");

    public string Input { get; set; } = "";

    public bool IsInteractive { get; set; }

    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal);

    public string Out => _out.ToString();

    public string Error => _error.ToString();

    public string this[string name] => Path.Combine(Folder, name);

    /// <summary>Runs one command line; <c>./</c> before a word stands for the directory.</summary>
    public async Task<int> Run(params string[] args)
    {
        _out.GetStringBuilder().Clear();
        _error.GetStringBuilder().Clear();
        Host host = new()
        {
            Out = _out,
            Error = _error,
            In = new StringReader(Input),
            Variable = name => Variables.GetValueOrDefault(name),
            Home = Folder,
            OpenOut = () => Stream.Null,
            IsInteractive = IsInteractive,
        };
        RootCommand root = new()
        {
            CompletionCommand.Create(host), GenCommand.Create(host), MachineConfigCommand.Create(host), ValidateCommand.Create(host), BundleCommand.Create(host),
            FleetCommand.Create(host), UpgradeCommand.Create(host),
        };
        GlobalOptions.AddTo(root);
        try
        {
            return await root.Parse([.. args.Select(a => a.StartsWith("./", StringComparison.Ordinal) ? this[a[2..]] : a)], new ParserConfiguration { ResponseFileTokenReplacer = null }).InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = _out, Error = _error },
                TestContext.Current.CancellationToken);
        }
        catch (Exception e) when (e is TalosctlException or ConfigException or BundleException or PkiException)
        {
            _error.WriteLine(e.Message);
            return 1;
        }
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
