using System.CommandLine;
using Talosctl.Cli;

namespace Talosctl.Configuration;

/// <summary>Finds, reads and writes the client configuration; a file it writes is for its owner alone.</summary>
internal sealed class TalosconfigFile(string path)
{
    private const string InPod = "/var/run/secrets/talos.dev/config";

    public string Path { get; } = path;

    /// <summary>The file in the search order: flag, TALOSCONFIG, home, service account of a pod.</summary>
    public static TalosconfigFile Find(ParseResult parsed)
    {
        if (parsed.GetValue(GlobalOptions.Talosconfig) is { Length: > 0 } flag)
        {
            return new TalosconfigFile(flag);
        }

        if (Environment.GetEnvironmentVariable("TALOSCONFIG") is { Length: > 0 } variable)
        {
            return new TalosconfigFile(variable);
        }

        string home = System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".talos", "config");
        return new TalosconfigFile(!File.Exists(home) && File.Exists(InPod) ? InPod : home);
    }

    /// <summary>The configuration; an empty one when there is no file.</summary>
    public Talosconfig ReadOrEmpty() => File.Exists(Path) ? Read() : new Talosconfig();

    /// <exception cref="TalosctlException">Absent or unreadable.</exception>
    public Talosconfig Read()
    {
        try
        {
            return TalosconfigYaml.Read(File.ReadAllText(Path), Path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new TalosctlException($"no client configuration at {Path}: use --talosconfig, set TALOSCONFIG or run `talosctl config merge FILE`");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TalosctlException($"client configuration {Path}: {e.Message}");
        }
    }

    /// <summary>Replaces the file at once, so that a failure leaves the old one.</summary>
    public void Write(Talosconfig config)
    {
        try
        {
            string folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!;
            Directory.CreateDirectory(folder);
            string temporary = System.IO.Path.Combine(folder, $".{System.IO.Path.GetFileName(Path)}.{Environment.ProcessId}");
            FileStreamOptions options = new()
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            };
            using (StreamWriter writer = new(temporary, options))
            {
                writer.Write(TalosconfigYaml.Write(config));
            }

            File.Move(temporary, Path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TalosctlException($"client configuration {Path}: {e.Message}");
        }
    }
}
