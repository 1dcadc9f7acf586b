using System.Globalization;
using System.Text;
using Talos.Imager.Components;

namespace Talos.Imager.Debian;

/// <summary>The files that configure an apt of our own.</summary>
/// <param name="Mirrors">Where the archives are.</param>
/// <param name="Keyring">Who may sign them.</param>
/// <param name="Options">Further options of each line, such as <c>check-valid-until=no</c>.</param>
internal sealed record AptSources(AptMirrors Mirrors, string Keyring, string Options = "")
{
    /// <summary>Names another keyring than Debian's, for a mirror that signs by itself.</summary>
    public const string KeyringVariable = "TALOS_DEBIAN_KEYRING";

    private const string Escaped = "\\|{}[]<>\"^~_=!@#$%^&*";
    private const string DebianKeyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

    /// <summary>Sources signed by Debian, or by whom the environment names.</summary>
    public static AptSources Of(AptMirrors mirrors, string options = "") =>
        new(mirrors, Environment.GetEnvironmentVariable(KeyringVariable) is { Length: > 0 } own ? own : DebianKeyring, options);

    /// <summary>Lines for the lists of binary packages: each suite a package is pinned from, with its security archive.</summary>
    public string Packages(ComponentLock locked) => string.Concat(Suites(locked).SelectMany(s => Archives(s.Suite).Select(a =>
        $"deb [arch={string.Join(',', Architectures(locked))} signed-by={Keyring}{Tail}] {a.Address} {a.Suite} {string.Join(' ', s.Components)}\n")));

    /// <summary>Lines for the lists of source packages.</summary>
    public string Sources(ComponentLock locked) => string.Concat(Archives(locked.SourceSuite).Select(a =>
        $"deb-src [signed-by={Keyring}{Tail}] {a.Address} {a.Suite} {LockedPackage.MainComponent}\n"));

    /// <summary>Where apt keeps the lists of binary packages.</summary>
    public IEnumerable<AptList> PackageLists(ComponentLock locked) =>
        from s in Suites(locked)
        from a in Archives(s.Suite)
        from c in s.Components
        from architecture in Architectures(locked)
        select new AptList(FileOf($"{a.Address}dists/{a.Suite}/{c}/binary-{architecture}/Packages"), a.Address, a.Suite);

    /// <summary>Where apt keeps the lists of source packages.</summary>
    public IEnumerable<AptList> SourceLists(ComponentLock locked) => Archives(locked.SourceSuite)
        .Select(a => new AptList(FileOf($"{a.Address}dists/{a.Suite}/{LockedPackage.MainComponent}/source/Sources"), a.Address, a.Suite));

    /// <summary>The name apt gives to what it fetched: the address without scheme and user, some characters as their numbers, lines for slashes.</summary>
    internal static string FileOf(string address)
    {
        int scheme = address.IndexOf(':', StringComparison.Ordinal);
        string rest = address[(scheme + 1)..];
        rest = rest.StartsWith("//", StringComparison.Ordinal) ? rest[2..] : rest;
        int user = rest.Split('/')[0].LastIndexOf('@');
        StringBuilder name = new();
        foreach (char c in rest[(user + 1)..])
        {
            name.Append(c == '/' ? "_" : c is <= ' ' or >= (char)0x7f || Escaped.Contains(c, StringComparison.Ordinal)
                ? string.Create(CultureInfo.InvariantCulture, $"%{(int)c:x2}")
                : c.ToString());
        }

        return name.ToString();
    }

    /// <summary>The configuration: proxies and certificates come from the machine; lists, sources, keys and states are ours.</summary>
    /// <param name="folder">Holds all of it.</param>
    /// <param name="architecture">Debian's name of the node's architecture.</param>
    /// <param name="machine">What <c>apt-config dump</c> prints.</param>
    public static string Configuration(string folder, string architecture, string machine)
    {
        IEnumerable<string> transport = machine.Split('\n')
            .Where(l => l.StartsWith("Acquire::http", StringComparison.Ordinal) || l.StartsWith("Acquire::Check-", StringComparison.Ordinal));
        return $"""
            Dir "{folder}";
            Dir::Etc "{folder}/etc";
            Dir::Etc::sourcelist "{folder}/etc/sources.list";
            Dir::Etc::sourceparts "/dev/null";
            Dir::State "{folder}";
            Dir::State::lists "{folder}/lists";
            Dir::State::status "{folder}/status";
            Dir::Cache "{folder}";
            APT::Architecture "{architecture}";
            APT::Sandbox::User "root";
            APT::Update::Error-Mode "any";
            APT::Get::List-Cleanup "false";
            pkgCacheFile::Generate "false";
            Acquire::Languages "none";
            Acquire::PDiffs "false";
            Acquire::GzipIndexes "false";
            Acquire::Retries "2";
            Acquire::http::Timeout "20";
            Acquire::https::Timeout "20";
            {string.Join('\n', transport)}

            """;
    }

    private string Tail => Options.Length > 0 ? " " + Options : "";

    private IEnumerable<(string Address, string Suite)> Archives(string suite) => Mirrors.Security is not null && HasSecurity(suite)
        ? [(Mirrors.Main, suite), (Mirrors.Security, suite + "-security")]
        : [(Mirrors.Main, suite)];

    private static IEnumerable<string> Architectures(ComponentLock locked) => locked.Packages.Select(p => p.Architecture).Where(a => a != "all").Append(locked.Architecture).Distinct();

    // What is always the newest, or beside a release, has no security archive.
    private static bool HasSecurity(string suite) =>
        suite is not ("sid" or "unstable" or "experimental" or "rc-buggy") && !suite.Contains('-', StringComparison.Ordinal);

    private static IEnumerable<(string Suite, string[] Components)> Suites(ComponentLock locked) => locked.Packages
        .Select(p => (Suite: p.Suite.Length > 0 ? p.Suite : locked.Suite, p.Component)).Append((Suite: locked.Suite, Component: LockedPackage.MainComponent)).Distinct()
        .GroupBy(p => p.Suite, (suite, pairs) => (suite, (string[])[.. pairs.Select(p => p.Component).Order(StringComparer.Ordinal)]));
}
