using System.Text.RegularExpressions;
using Talos.Imager.Elf;

namespace Talos.Imager.Components;

/// <summary>Where the releases of Kubernetes are, what they are called and what is in them.</summary>
internal sealed partial record KubernetesRelease(Uri Base)
{
    /// <summary>Upstream's site; <see cref="Variable"/> names a mirror of it.</summary>
    public const string DefaultBase = "https://dl.k8s.io/";

    /// <summary>The environment variable of a mirror.</summary>
    public const string Variable = "TALOS_KUBERNETES_URL";

    /// <summary>The kubelet in an archive.</summary>
    public const string Kubelet = "kubernetes/node/bin/kubelet";

    /// <summary>Upstream's site, or the mirror that the variable names.</summary>
    /// <param name="mirror">Value of the variable; null or empty when there is none.</param>
    /// <exception cref="ImagerException">It is no address of a web server.</exception>
    public static KubernetesRelease At(string? mirror)
    {
        string text = string.IsNullOrWhiteSpace(mirror) ? DefaultBase : mirror.Trim().TrimEnd('/') + "/";
        return Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" && uri.Host.Length > 0
            ? new KubernetesRelease(uri)
            : throw new ImagerException($"{Variable} is \"{mirror}\": an address that begins with http:// or https:// is expected, such as {DefaultBase}; empty means that one");
    }

    /// <summary>A version as upstream writes it: <c>v1.36.0</c>; the <c>v</c> may be missing.</summary>
    /// <exception cref="ImagerException">It is no version.</exception>
    public static string Version(string text) => VersionForm().IsMatch(text)
        ? text.StartsWith('v') ? text : "v" + text
        : throw new ImagerException($"\"{text}\" is no version of Kubernetes: one such as v1.36.0 is expected");

    /// <summary>Where the archive of a version is.</summary>
    public Uri ArchiveOf(string version, string architecture) => new(Base, $"{version}/kubernetes-node-linux-{architecture}.tar.gz");

    /// <summary>Refuses a kubelet for another machine than the node.</summary>
    /// <param name="path">The executable.</param>
    /// <param name="origin">Where it comes from, for the message.</param>
    /// <param name="architecture">Go's name of the node's architecture.</param>
    /// <exception cref="ImagerException">It is for another machine, or no executable.</exception>
    public static void CheckMachine(string path, string origin, string architecture)
    {
        ushort expected = architecture == "arm64" ? ElfFile.MachineAarch64 : ElfFile.MachineX64;
        byte[] head = new byte[64];
        using (FileStream stream = File.OpenRead(path))
        {
            stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        }

        if (!ElfFile.IsElf(head))
        {
            throw new ImagerException($"{origin}: {Kubelet} is no executable");
        }

        if (ElfFile.Parse(head).Machine is var machine && machine != expected)
        {
            throw new ImagerException($"{origin}: {Kubelet} is for ELF machine {machine}, not {architecture} ({expected})");
        }
    }

    [GeneratedRegex(@"^v?[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,5}(-[0-9A-Za-z.]{1,40})?\z")]
    private static partial Regex VersionForm();
}
