using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Talos.Imager.Components;
using Talos.Imager.Elf;
using Talos.Imager.Tests.Elf;

namespace Talos.Imager.Tests.Components;

public sealed class UpstreamArchivesTests : IDisposable
{
    private const string KubeletPath = "/v1.36.0/kubernetes-node-linux-arm64.tar.gz";
    private static readonly byte[] Kubelet = new TestElf("libc.so.6").ToBytes();

    private readonly TemporaryFolder _folder = new();
    private readonly FileServer _server = new();
    private readonly HttpClient _http = new();

    public void Dispose()
    {
        _server.Dispose();
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_kubelet_of_a_pinned_archive_is_kept_alone_and_fetched_once()
    {
        byte[] archive = Given(("kubernetes/LICENSES", "x"u8.ToArray()), (KubernetesRelease.Kubelet, Kubelet), ("kubernetes/node/bin/kubectl", "y"u8.ToArray()));

        (string folder, Uri origin) = await Archives.KubeletAsync("v1.36.0", "arm64", Hash(archive), Ct);
        await Archives.KubeletAsync("v1.36.0", "arm64", Hash(archive), Ct);

        Assert.Equal(Kubelet, await File.ReadAllBytesAsync(Path.Combine(folder, "usr/bin/kubelet"), Ct));
        Assert.True(File.GetUnixFileMode(Path.Combine(folder, "usr/bin/kubelet")).HasFlag(UnixFileMode.OtherExecute));
        Assert.Single(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories));
        Assert.Equal([KubeletPath], _server.Asked);
        Assert.Equal(_server.At(KubeletPath[1..]), origin);
    }

    [Fact]
    public async Task An_archive_with_another_checksum_is_refused_and_nothing_of_it_kept()
    {
        Given((KubernetesRelease.Kubelet, Kubelet));

        ImagerException e = await FailureAsync(Hash([1]));

        Assert.Contains("was downloaded, components.lock has ", e.Message, StringComparison.Ordinal);
        Assert.IsNotType<UnavailableException>(e);
    }

    [Fact]
    public async Task A_kubelet_for_another_machine_is_refused()
    {
        byte[] archive = Given((KubernetesRelease.Kubelet, new TestElf { Machine = ElfFile.MachineX64 }.ToBytes()));

        Assert.Equal(
            $"{_server.At(KubeletPath[1..])}: kubernetes/node/bin/kubelet is for ELF machine 62, not arm64 (183)", (await FailureAsync(Hash(archive))).Message);
    }

    [Fact]
    public async Task A_kubelet_that_is_a_script_is_refused()
    {
        byte[] archive = Given((KubernetesRelease.Kubelet, "#!/bin/sh\n"u8.ToArray()));

        Assert.EndsWith(": kubernetes/node/bin/kubelet is no executable", (await FailureAsync(Hash(archive))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archive_without_kubelet_is_refused()
    {
        byte[] archive = Given(("kubernetes/node/bin/kubectl", Kubelet));

        Assert.EndsWith(": the archive has no kubernetes/node/bin/kubelet", (await FailureAsync(Hash(archive))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    public async Task What_is_no_whole_archive_is_told_in_one_line(int length)
    {
        byte[] cut = Given((KubernetesRelease.Kubelet, RandomNumberGenerator.GetBytes(5000)))[..length];
        _server.Files[KubeletPath] = cut;

        ImagerException e = await FailureAsync(Hash(cut));

        Assert.StartsWith($"{_server.At(KubeletPath[1..])}: ", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../kubelet")]
    [InlineData("/etc/kubelet")]
    [InlineData("a/../../b")]
    public async Task A_file_that_leads_out_of_its_folder_is_refused(string name)
    {
        byte[] archive = Tar((name, Kubelet));
        _server.Files["/c.tgz"] = archive;

        ImagerException e = await Assert.ThrowsAsync<ImagerException>(() => Archives.FetchAsync(Containerd("c.tgz", archive), Ct));

        Assert.EndsWith($": \"{name}\" leads out of the folder it is unpacked into", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_that_is_not_pinned_is_trusted_once_and_not_downloaded_again_by_the_build()
    {
        byte[] archive = Given((KubernetesRelease.Kubelet, Kubelet));

        (Checksum checksum, _) = await Archives.TrustKubeletAsync("v1.36.0", "arm64", Ct);
        await Archives.KubeletAsync("v1.36.0", "arm64", checksum, Ct);

        Assert.Equal(Hash(archive), checksum);
        Assert.Equal([KubeletPath], _server.Asked);
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*.tar.gz", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_release_of_containerd_takes_the_place_of_the_package()
    {
        byte[] archive = Tar(("./bin/containerd", Kubelet), ("./bin/containerd-shim-runc-v2", Kubelet));
        _server.Files["/containerd-static-2.3.0-linux-arm64.tar.gz"] = archive;
        LockedArchive locked = Containerd("containerd-static-2.3.0-linux-arm64.tar.gz", archive);

        ComponentTree tree = await Archives.FetchAsync(locked, Ct);

        Assert.Equal(["usr/bin/containerd"], RootFiles.Of(locked, tree.Directory).Select(f => f.Target));
        Assert.Equal(locked.Checksum.Hex, tree.Checksum);
        Assert.Equal(locked.Url.ToString(), tree.Source);
    }

    [Fact]
    public async Task A_release_may_be_one_bare_executable()
    {
        _server.Files["/runc.arm64"] = Kubelet;

        ComponentTree tree = await Archives.FetchAsync(Containerd("runc.arm64", Kubelet), Ct);

        Assert.True(File.GetUnixFileMode(Path.Combine(tree.Directory, "runc.arm64")).HasFlag(UnixFileMode.UserExecute));
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private UpstreamArchives Archives => new(
        new ComponentCache(_folder.Path), new UpstreamDownload(_http, TimeProvider.System), () => KubernetesRelease.At(_server.At("").ToString()), new Progress<string>());

    private LockedArchive Containerd(string file, byte[] content) => new()
    {
        Name = "containerd",
        Version = "2.3.0",
        Url = _server.At(file),
        Checksum = Checksum.TryParse(Convert.ToHexStringLower(SHA256.HashData(content)))!,
        Licence = "Apache-2.0",
        Root = [FileRule.Parse("bin/containerd => usr/bin/containerd")],
    };

    private static Checksum Hash(byte[] content) => Checksum.TryParse(Convert.ToHexStringLower(SHA512.HashData(content)))!;

    private async Task<ImagerException> FailureAsync(Checksum pinned)
    {
        ImagerException e = await Assert.ThrowsAnyAsync<ImagerException>(() => Archives.KubeletAsync("v1.36.0", "arm64", pinned, Ct));
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories));
        return e;
    }

    private byte[] Given(params (string Name, byte[] Content)[] files) => _server.Files[KubeletPath] = Tar(files);

    private static byte[] Tar(params (string Name, byte[] Content)[] files)
    {
        using MemoryStream stream = new();
        using (GZipStream packed = new(stream, CompressionLevel.Fastest, leaveOpen: true))
        using (TarWriter tar = new(packed, TarEntryFormat.Ustar))
        {
            foreach ((string name, byte[] content) in files)
            {
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
            }
        }

        return stream.ToArray();
    }
}
