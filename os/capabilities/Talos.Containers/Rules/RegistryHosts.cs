using Talos.Config;

namespace Talos.Containers.Rules;

/// <summary>Writes the files that tell containerd where to fetch images and whom to trust, one folder a registry.</summary>
/// <remarks>Source: containerd 1.7, docs/hosts.md.</remarks>
internal static class RegistryHosts
{
    /// <summary>Contents by path below <paramref name="folder"/>.</summary>
    /// <param name="registries">Of the machine config.</param>
    /// <param name="folder">Absolute path of the folder of registry hosts.</param>
    public static IReadOnlyDictionary<string, string> Render(RegistriesConfiguration registries, string folder)
    {
        SortedDictionary<string, string> files = new(StringComparer.Ordinal);
        foreach ((string host, RegistryAccess access) in registries.Access)
        {
            AddFile(files, Authority(host), access.CaPem);
            AddFile(files, Certificate(host), access.ClientIdentity?.CertificatePem ?? "");
            AddFile(files, Key(host), access.ClientIdentity?.KeyPem.Reveal() ?? "");
            if (!registries.Mirrors.ContainsKey(host) && HasTls(access))
            {
                Toml toml = new Toml().Set("server", $"https://{host}");
                AddHost(toml, $"https://{host}", host, overridePath: false, registries, folder);
                files[$"{host}/hosts.toml"] = toml.ToString();
            }
        }

        foreach ((string registry, RegistryMirror mirror) in registries.Mirrors)
        {
            files[$"{(registry == "*" ? "_default" : registry)}/hosts.toml"] = Mirror(registry, mirror, registries, folder);
        }

        return files;
    }

    private static string Mirror(string registry, RegistryMirror mirror, RegistriesConfiguration registries, string folder)
    {
        Toml toml = new();
        if (mirror.SkipFallback && mirror.Endpoints.Count > 0)
        {
            toml.Set("server", Text(mirror.Endpoints[^1]));
        }
        else if (registry != "*")
        {
            toml.Set("server", $"https://{(registry == "docker.io" ? "registry-1.docker.io" : registry)}");
        }

        foreach (Uri endpoint in mirror.Endpoints)
        {
            AddHost(toml, Text(endpoint), endpoint.Authority, mirror.OverridePath, registries, folder);
        }

        return toml.ToString();
    }

    private static void AddHost(
        Toml toml, string endpoint, string host, bool overridePath, RegistriesConfiguration registries, string folder)
    {
        toml.Table("host", endpoint).Set("capabilities", ["pull", "resolve"]);
        if (overridePath)
        {
            toml.Set("override_path", true);
        }

        if (!registries.Access.TryGetValue(host, out RegistryAccess? access))
        {
            return;
        }

        if (access.InsecureSkipVerify)
        {
            toml.Set("skip_verify", true);
        }

        if (access.CaPem.Length > 0)
        {
            toml.Set("ca", $"{folder}/{Authority(host)}");
        }

        if (access.ClientIdentity is not null)
        {
            toml.Raw("client", $"[[{Toml.Quote($"{folder}/{Certificate(host)}")}, {Toml.Quote($"{folder}/{Key(host)}")}]]");
        }
    }

    private static void AddFile(SortedDictionary<string, string> files, string path, string content)
    {
        if (content.Length > 0)
        {
            files[path] = content;
        }
    }

    private static bool HasTls(RegistryAccess access) =>
        access.InsecureSkipVerify || access.CaPem.Length > 0 || access.ClientIdentity is not null;

    private static string Text(Uri endpoint) => endpoint.AbsoluteUri.TrimEnd('/');

    private static string Authority(string host) => $"tls/{host}/ca.crt";

    private static string Certificate(string host) => $"tls/{host}/client.crt";

    private static string Key(string host) => $"tls/{host}/client.key";
}
