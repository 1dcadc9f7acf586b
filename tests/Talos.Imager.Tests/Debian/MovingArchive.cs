using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Talos.Imager.Components;
using Talos.Imager.Debian;
using Talos.Imager.Tests.Components;
using Talos.Imager.Tools;

namespace Talos.Imager.Tests.Debian;

/// <summary>A signed archive and its security archive, served on loopback, that moves on when a test says so.</summary>
internal sealed class MovingArchive : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly int _port = FreePort();
    private HttpListener? _listener;
    private Task _served = Task.CompletedTask;

    /// <summary>Requests of files below <c>pool/</c>, with their range.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Called before each answer.</summary>
    public Action<string> OnRequest { get; set; } = _ => { };

    /// <summary>Where both archives are.</summary>
    public AptSources Sources => SourcesOf("");

    /// <summary>A service with old states of the archives.</summary>
    public string SnapshotService => Address + "snapshot/";

    public string Folder => _folder.Path;

    private string Address => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}/");

    public static async Task<MovingArchive> StartAsync(CancellationToken ct)
    {
        MovingArchive archive = new();
        await archive.KeyAsync("archive", ct);
        archive.Start();
        return archive;
    }

    public AptSources SourcesOf(string service, string options = "") => new(
        service.Length > 0 ? AptMirrors.Snapshot(service, "20260101T000000Z") : new AptMirrors(Address + "debian/", Address + "security/"), Path.Combine(_folder.Path, "archive.gpg"), options);

    public void Start()
    {
        _listener = new HttpListener();
        _listener.Prefixes.Add(Address);
        _listener.Start();
        _served = ServeAsync(_listener);
    }

    public async Task StopAsync()
    {
        _listener?.Close();
        _listener = null;
        await _served;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Dispose();
    }

    /// <summary>Makes a key that may sign.</summary>
    public async Task KeyAsync(string name, CancellationToken ct)
    {
        string home = Path.Combine(_folder.Path, name + ".home");
        Directory.CreateDirectory(home, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await GpgAsync(name, ["--passphrase", "", "--quick-generate-key", name + "@example", "ed25519", "sign", "never"], ct);
        await GpgAsync(name, ["--output", Path.Combine(_folder.Path, name + ".gpg"), "--export"], ct);
    }

    /// <summary>Builds a package and puts it into the pool of an archive.</summary>
    public async Task<PackageRecord> PackAsync(
        string package, string version, IReadOnlyDictionary<string, byte[]> files, string archive = "debian", string architecture = "arm64", string depends = "", string provides = "")
    {
        string tree = Path.Combine(_folder.Path, "build", Guid.NewGuid().ToString("N"));
        foreach ((string path, byte[] content) in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(tree, path))!);
            await File.WriteAllBytesAsync(Path.Combine(tree, path), content);
        }

        Directory.CreateDirectory(Path.Combine(tree, "DEBIAN"));
        string control = $"Package: {package}\nVersion: {version}\nArchitecture: {architecture}\nMaintainer: nobody\nDescription: test\n"
            + (depends.Length > 0 ? $"Depends: {depends}\n" : "") + (provides.Length > 0 ? $"Provides: {provides}\n" : "");
        await File.WriteAllTextAsync(Path.Combine(tree, "DEBIAN/control"), control);
        string path2 = (archive == "security" ? "pool/updates/" : "pool/") + $"main/{package[..1]}/{package}/{package}_{version[(version.IndexOf(':', StringComparison.Ordinal) + 1)..]}_{architecture}.deb";
        string file = PathOf(archive, path2);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await Tool.RunAsync("dpkg-deb", ["-b", "--root-owner-group", tree, file]);
        return new PackageRecord
        {
            Package = package,
            Version = version,
            Architecture = architecture,
            Path = path2,
            Sha256 = await ComponentCache.Sha256Async(file, CancellationToken.None),
            Depends = Relation.ParseAll(depends),
            Provides = Relation.ParseAll(provides),
            Archive = archive,
            Size = new FileInfo(file).Length,
        };
    }

    /// <summary>A package with one text file of this path.</summary>
    public Task<PackageRecord> PackAsync(string package, string version, string path, string archive = "debian", string architecture = "arm64", string depends = "", string provides = "") =>
        PackAsync(package, version, new Dictionary<string, byte[]> { [path] = Encoding.UTF8.GetBytes($"{package} {version}") }, archive, architecture, depends, provides);

    /// <summary>Writes the lists of a suite: what is named is what is there, whatever was before.</summary>
    public async Task PublishAsync(string suite, params IReadOnlyList<PackageRecord> records)
    {
        foreach (string archive in (string[])["debian", "security"])
        {
            await PublishAsync(archive, archive == "security" ? suite + "-security" : suite, [.. records.Where(r => r.Archive == archive)], "archive");
        }
    }

    public async Task PublishAsync(string archive, string suite, IReadOnlyList<PackageRecord> records, string key)
    {
        string dists = PathOf(archive, "dists/" + suite);
        StringBuilder sums = new();
        foreach (string architecture in (string[])["arm64", "amd64"])
        {
            string text = string.Concat(records.Where(r => r.Architecture == architecture || r.Architecture == "all").Select(r => Stanza(archive, r)));
            await ListAsync(dists, $"main/binary-{architecture}/Packages", text, sums);
        }

        await ListAsync(dists, "main/source/Sources", File.Exists(Path.Combine(_folder.Path, archive + ".sources")) ? await File.ReadAllTextAsync(Path.Combine(_folder.Path, archive + ".sources")) : "", sums);
        await File.WriteAllTextAsync(
            Path.Combine(dists, "Release"),
            $"Origin: Debian\nSuite: {suite}\nCodename: {suite}\nDate: {DateTime.UtcNow:R}\nArchitectures: amd64 arm64\nComponents: main\nSHA256:\n{sums}".Replace("GMT", "UTC", StringComparison.Ordinal));
        await GpgAsync(key, ["--yes", "--clearsign", "--output", Path.Combine(dists, "InRelease"), Path.Combine(dists, "Release")], CancellationToken.None);
    }

    /// <summary>Keeps the archives as they are now at a snapshot service.</summary>
    public void TakeSnapshot()
    {
        foreach ((string from, string to) in ((string, string)[])[("debian", "debian"), ("security", "debian-security")])
        {
            Copy(PathOf(from, ""), Path.Combine(_folder.Path, "www/snapshot", to, "20260101T000000Z"));
        }
    }

    public void Remove(PackageRecord record) => File.Delete(PathOf(record.Archive, record.Path));

    /// <summary>Adds a source package of two files, and a list that names it and nothing else.</summary>
    public async Task<LockedSource> SourceAsync(string name, string version)
    {
        string folder = PathOf("debian", $"pool/main/{name[..1]}/{name}");
        Directory.CreateDirectory(folder);
        Dictionary<string, string> files = [];
        foreach (string ending in (string[])[".dsc", ".orig.tar.gz"])
        {
            string file = $"{name}_{version}{ending}";
            await File.WriteAllTextAsync(Path.Combine(folder, file), file);
            files.Add(file, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(file))));
        }

        await File.WriteAllTextAsync(
            Path.Combine(_folder.Path, "debian.sources"),
            $"Package: {name}\nVersion: {version}\nDirectory: pool/main/{name[..1]}/{name}\nChecksums-Sha256:\n{string.Concat(files.Select(f => $" {f.Value} {f.Key.Length} {f.Key}\n"))}\n");
        return new LockedSource(name, version, "MIT", files);
    }

    public string PathOf(string archive, string path) => Path.Combine(_folder.Path, "www", archive, path);

    private static string Stanza(string archive, PackageRecord r) =>
        $"Package: {r.Package}\nVersion: {r.Version}\nArchitecture: {r.Architecture}\n"
        + Field("Depends", r.Depends) + Field("Provides", r.Provides)
        + $"Filename: {r.Path}\nSize: {r.Size}\nSHA256: {r.Sha256}\n\n";

    private static string Field(string name, IReadOnlyList<Relation> relations) => relations.Count == 0 ? ""
        : $"{name}: {string.Join(", ", relations.Select(r => r.Operator.Length > 0 ? $"{r.Package} ({r.Operator} {r.Version})" : r.Package))}\n";

    private static async Task ListAsync(string dists, string path, string text, StringBuilder sums)
    {
        string file = Path.Combine(dists, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, text);
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        sums.Append(CultureInfo.InvariantCulture, $" {Convert.ToHexStringLower(SHA256.HashData(bytes))} {bytes.Length} {path}\n");
    }

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }

    private Task<string> GpgAsync(string key, IEnumerable<string> arguments, CancellationToken ct) => Tool.RunAsync(
        "gpg", ["--batch", "--quiet", .. arguments], environment: new Dictionary<string, string> { ["GNUPGHOME"] = Path.Combine(_folder.Path, key + ".home") }, ct: ct);

    private async Task ServeAsync(HttpListener listener)
    {
        try
        {
            while (true)
            {
                HttpListenerContext context = await listener.GetContextAsync();
                Answer(context);
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // The server was ended.
        }
    }

    private void Answer(HttpListenerContext context)
    {
        string path = Uri.UnescapeDataString(context.Request.Url!.AbsolutePath).TrimStart('/');
        string? range = context.Request.Headers["Range"];
        if (path.Contains("pool/", StringComparison.Ordinal))
        {
            Requests.Add(range is null ? path : $"{path} {range}");
        }

        OnRequest(path);
        string file = Path.Combine(_folder.Path, "www", path);
        using HttpListenerResponse response = context.Response;
        if (!File.Exists(file))
        {
            response.StatusCode = 404;
            return;
        }

        byte[] bytes = File.ReadAllBytes(file);
        response.Headers["Last-Modified"] = File.GetLastWriteTimeUtc(file).ToString("R", CultureInfo.InvariantCulture);
        if (range is not null && int.TryParse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture, out int start) && start < bytes.Length)
        {
            response.StatusCode = 206;
            response.Headers["Content-Range"] = string.Create(CultureInfo.InvariantCulture, $"bytes {start}-{bytes.Length - 1}/{bytes.Length}");
            bytes = bytes[start..];
        }

        response.ContentLength64 = bytes.Length;
        response.OutputStream.Write(bytes);
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
