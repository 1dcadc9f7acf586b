using CsCheck;
using Talos.Imager.Components;

namespace Talos.Imager.Tests.Components;

public sealed class ComponentLockReaderTests
{
    private static readonly ComponentLock OfRepository = ComponentLockReader.Read(Path.Combine(Repository.Folder, "firmware", "components.lock"));

    [Fact]
    public void A_package_has_its_own_name_and_the_lock_s_architecture_unless_it_says_otherwise()
    {
        ComponentLock small = Locks.Small;

        Assert.Equal("linux-image-6.12.1-arm64", small.Package("kernel").Package);
        Assert.Equal("runc", small.Package("runc").Package);
        Assert.Equal("arm64", small.Package("runc").Architecture);
        Assert.Equal(new FileRule("usr/sbin/runc", "usr/bin/runc"), Assert.Single(small.Package("runc").Root));
    }

    [Fact]
    public void A_package_comes_from_the_lock_s_suite_unless_it_names_another_one()
    {
        string text = Locks.Text.Replace("version: 1.1.15-2", "version: 1.1.15-2\n    suite: forky\n    component: non-free-firmware", StringComparison.Ordinal);

        ComponentLock locked = ComponentLockReader.Parse(text);

        Assert.Equal(("trixie", "main"), (locked.Package("kernel").Suite, locked.Package("kernel").Component));
        Assert.Equal(("forky", "non-free-firmware"), (locked.Package("runc").Suite, locked.Package("runc").Component));
    }

    [Theory]
    [InlineData("version: 1.1.15-2", "version: 1.1.15-2\n    suite: forky main", "components.lock:11: suite forky main: letters, digits, '-', '.' and '_' are expected")]
    [InlineData("version: 1.1.15-2", "verison: 1.1.15-2", "components.lock:12: unknown key verison")]
    [InlineData("name: runc", "name: kernel", "components.lock:11: package kernel is listed twice")]
    [InlineData("usr/sbin/runc => usr/bin/runc", "/usr/sbin/runc", "components.lock:15: /usr/sbin/runc: a path inside the package without leading / and .. is expected")]
    [InlineData("use: debian-source", "use: v1.99.0", "components.lock:22: use: v1.99.0 is neither debian-source nor a version under upstream")]
    [InlineData("v1\ndebian", "v2\ndebian", "components.lock:1: apiVersion is components.talos.dev/v2; components.talos.dev/v1 is expected")]
    [InlineData("licence: Apache-2.0\n    root", "group: other\n    licence: Apache-2.0\n    root", "components.lock:11: group other is unknown; it is node, image, kubelet or workload")]
    [InlineData("    version: 6.12.1-1   # stable\n", "", "components.lock:5: version is missing")]
    [InlineData("sources:\n", "archives: [ { name: x, version: 1, url: example.org/x.tgz } ]\nsources:\n", "components.lock:16: url example.org/x.tgz: an address that begins with http:// or https:// is expected")]
    [InlineData("sources:\n", "archives: [ { name: x, version: 1, url: 'https://example.org/x.tgz', checksum: ab } ]\nsources:\n", "components.lock:16: ab is neither a SHA-256 nor a SHA-512: 64 or 128 lowercase hex digits are expected")]
    [InlineData("sources:\n", "archives: [ { name: runc, version: 1, url: 'https://example.org/x.tgz', checksum: 0000000000000000000000000000000000000000000000000000000000000000, licence: MIT, root: [runc] } ]\nsources:\n", "components.lock:1: runc is listed twice: an archive stands in place of a package, not beside it")]
    public void A_mistake_is_refused_with_its_line(string right, string wrong, string message)
    {
        string text = Locks.Text.Replace(right, wrong, StringComparison.Ordinal);

        ImagerException e = Assert.Throws<ImagerException>(() => ComponentLockReader.Parse(text));

        Assert.Equal(message, e.Message);
    }

    [Fact]
    public void A_checksum_has_64_lowercase_hex_digits()
    {
        string text = Locks.Text.Replace(Locks.Zeros, Locks.Zeros[1..], StringComparison.Ordinal);

        ImagerException e = Assert.Throws<ImagerException>(() => ComponentLockReader.Parse(text));

        Assert.EndsWith("is no SHA-256: 64 lowercase hex digits are expected", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_lock_is_read_or_refused_and_nothing_else() =>
        Gen.Select(Gen.Int[0, Locks.Text.Length - 1], Gen.Int[0, 40], Gen.String[Gen.Char[" :-[]{}&*#?|>'\"%@`\n\t\0aé"], 0, 3]).Sample((start, length, inserted) =>
        {
            string text = Locks.Text.Remove(start, Math.Min(length, Locks.Text.Length - start)).Insert(start, inserted);
            try
            {
                ComponentLockReader.Parse(text);
            }
            catch (ImagerException e)
            {
                Assert.StartsWith("components.lock:", e.Message, StringComparison.Ordinal);
            }
        });

    [Fact]
    public void The_repository_s_lock_takes_about_a_dozen_executables()
    {
        IEnumerable<string> executables = OfRepository.Packages
            .SelectMany(p => p.Root.Select(r => r.TargetOf(r.Pattern)))
            .Where(t => t.StartsWith("usr/bin/", StringComparison.Ordinal) || t.StartsWith("opt/", StringComparison.Ordinal))
            .Select(Path.GetFileName)
            .OfType<string>()
            .Order(StringComparer.Ordinal);

        Assert.Equal("bridge containerd containerd-shim-runc-v2 e2fsck host-local loopback mke2fs mkfs.xfs portmap runc xfs_growfs xtables-nft-multi", string.Join(' ', executables));
    }

    [Fact]
    public void The_repository_s_lock_is_complete()
    {
        Assert.All(OfRepository.Packages, p => Assert.False(p.Sha256 == Locks.Zeros));
        Assert.Contains(OfRepository.Packages, p => p.Name == "kernel" && p.Tracks == "linux-image-arm64");
        Assert.All(OfRepository.Kubelet.Upstream.Values, v => Assert.Contains(OfRepository.Architecture, v.Keys));
        Assert.Equal(["v1.36.0", "v1.35.4"], OfRepository.Kubelet.Upstream.Keys);
        Assert.EndsWith(".orig.tar.gz", OfRepository.Source("kubernetes").File(".orig.tar.gz"), StringComparison.Ordinal);
    }
}
