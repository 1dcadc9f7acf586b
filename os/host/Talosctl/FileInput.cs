using Talosctl.Cli;

namespace Talosctl;

/// <summary>Reads what the user names on the command line.</summary>
internal static class FileInput
{
    /// <summary>The bytes of a file; <c>-</c> is standard input.</summary>
    public static byte[] Bytes(string name, Host host)
    {
        if (name == "-")
        {
            return System.Text.Encoding.UTF8.GetBytes(host.In.ReadToEnd());
        }

        return File.Exists(name) ? File.ReadAllBytes(name) : throw new TalosctlException($"{name}: no such file");
    }

    /// <summary>The text of a file; <c>-</c> is standard input.</summary>
    public static string Text(string name, Host host) => System.Text.Encoding.UTF8.GetString(Bytes(name, host));

    /// <summary>Patches as given: the text itself, or <c>@file</c>.</summary>
    public static IReadOnlyList<string> Patches(IEnumerable<string>? values, Host host) =>
        [.. (values ?? []).Select(v => v.StartsWith('@') ? Text(v[1..], host) : v)];
}
