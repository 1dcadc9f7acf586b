using Talos.Imager.Components;

namespace Talos.Imager.Tests.Components;

public sealed class LockEditorTests
{
    [Fact]
    public void An_update_changes_version_checksum_and_package_and_keeps_every_other_byte()
    {
        PackageState state = new("linux-image-6.12.2-arm64", "6.12.2-1", Locks.Ones);

        string edited = LockEditor.SetPackages(Locks.Text, new Dictionary<string, PackageState> { ["kernel"] = state });

        string[] before = Locks.Text.Split('\n');
        string[] after = edited.Split('\n');
        Assert.Equal(before.Length, after.Length);
        Assert.Equal(
            [
                "    package: linux-image-6.12.2-arm64",
                "    version: 6.12.2-1   # stable",
                $"    sha256: {Locks.Ones}",
            ],
            after.Except(before));
    }

    [Fact]
    public void A_quoted_version_stays_readable()
    {
        string quoted = Locks.Text.Replace("version: 1.1.15-2", "version: \"20250419\"", StringComparison.Ordinal);

        string edited = LockEditor.SetPackages(quoted, new Dictionary<string, PackageState> { ["runc"] = new("runc", "20260101", Locks.Ones) });

        Assert.Equal("20260101", ComponentLockReader.Parse(edited).Package("runc").Version);
    }

    [Fact]
    public void A_new_kubelet_version_comes_first()
    {
        string edited = LockEditor.SetUpstream(Locks.Text, "v1.36.0", Checksums);

        LockedKubelet kubelet = ComponentLockReader.Parse(edited).Kubelet;
        Assert.Equal(["v1.36.0", "v1.35.4"], kubelet.Upstream.Keys);
        Assert.Equal(Sha512, kubelet.Upstream["v1.36.0"]["arm64"].Hex);
    }

    [Fact]
    public void A_kubelet_version_that_is_pinned_gets_the_new_checksums()
    {
        string edited = LockEditor.SetUpstream(Locks.Text, "v1.35.4", Checksums);

        Assert.Equal(Checksums, Assert.Single(ComponentLockReader.Parse(edited).Kubelet.Upstream).Value.ToDictionary(c => c.Key, c => c.Value.Hex));
    }

    [Fact]
    public void What_is_taken_instead_is_marked_and_stays_where_it_is()
    {
        PackageState state = new("runc2", "2.0-1", Locks.Ones) { Path = "pool/main/r/runc/runc2_2.0-1_arm64.deb", Replaces = "runc 1.1.15-2" };

        string edited = LockEditor.SetPackages(Locks.Text, new Dictionary<string, PackageState> { ["runc"] = state });

        LockedPackage package = ComponentLockReader.Parse(edited).Package("runc");
        Assert.Equal(state, PackageState.Of(package));
        Assert.Equal(edited, LockEditor.SetPackages(edited, new Dictionary<string, PackageState> { ["runc"] = state }));
    }

    [Theory]
    [InlineData("root: [usr/sbin/runc => usr/bin/runc]")]
    [InlineData("root: [usr/sbin/runc => usr/bin/runc, usr/b]")]
    [InlineData("root: [usr/b, usr/sbin/runc => usr/bin/runc]")]
    [InlineData("root:\n      - usr/sbin/runc => usr/bin/runc")]
    [InlineData("root:\n      # a comment\n      - usr/b\n      - usr/sbin/runc => usr/bin/runc # why")]
    [InlineData("root:\n      - usr/sbin/runc => usr/bin/runc\n      - usr/b\n    links:\n      a: b")]
    public void A_rule_is_changed_taken_out_and_added_in_every_form_of_a_list(string list)
    {
        string text = Locks.Text.Replace("root: [usr/sbin/runc => usr/bin/runc]", list, StringComparison.Ordinal);
        FileRule rule = new("usr/sbin/runc", "usr/bin/runc");
        FileRule other = new("usr/c", null);
        IReadOnlyList<FileRule> before = ComponentLockReader.Parse(text).Package("runc").Root;

        string changed = LockEditor.SetRule(text, "runc", rule, other);
        string without = LockEditor.SetRule(text, "runc", rule, other: null);
        string added = LockEditor.AddRule(without, "runc", other);

        Assert.Equal(before.Select(r => r == rule ? other : r), ComponentLockReader.Parse(changed).Package("runc").Root);
        Assert.Equal(before.Where(r => r != rule), ComponentLockReader.Parse(without).Package("runc").Root);
        Assert.Equal([.. before.Where(r => r != rule), other], ComponentLockReader.Parse(added).Package("runc").Root);
    }

    [Fact]
    public void A_package_is_added_before_another_one()
    {
        LockedPackage package = Locks.Small.Package("runc") with { Name = "libnew3", Package = "libnew3", Component = "contrib", Path = "pool/x.deb", Replaces = "a part of runc" };

        string edited = LockEditor.AddPackage(Locks.Text, "kernel", package);

        ComponentLock locked = ComponentLockReader.Parse(edited);
        Assert.Equal(["libnew3", "kernel", "runc"], locked.Packages.Select(p => p.Name));
        Assert.Equivalent(package, locked.Packages[0], strict: true);
        Assert.Contains("  # the kernel\n", edited, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("debian", "snapshot", "20260101T000000Z")]
    [InlineData("tools", "referenceRoot", Locks.Ones)]
    public void A_value_of_a_block_is_set_whether_or_not_it_is_there(string block, string key, string value)
    {
        string once = LockEditor.SetValue(Locks.Text, block, key, value.Replace('1', '2'));
        string twice = LockEditor.SetValue(once, block, key, value);

        ComponentLock locked = ComponentLockReader.Parse(twice);
        Assert.Contains(value, (string[])[locked.Snapshot, locked.ReferenceRoot]);
        Assert.Equal(LockEditor.SetValue(Locks.Text, block, key, value), twice);
    }

    [Theory]
    [InlineData("files: { kubernetes_1.20.2.orig.tar.gz: ")]
    [InlineData("files:\n      kubernetes_1.20.2.orig.tar.gz: ")]
    public void A_source_gets_another_version_and_other_files(string form)
    {
        string text = Locks.Text.Replace("files: { kubernetes_1.20.2.orig.tar.gz: " + Locks.Zeros + " }", form + Locks.Zeros + (form.Contains('{', StringComparison.Ordinal) ? " }" : ""), StringComparison.Ordinal);
        LockedSource source = new("kubernetes", "1.20.2-2", "Apache-2.0", new Dictionary<string, string> { ["a.dsc"] = Locks.Ones, ["b.tar.xz"] = Locks.Zeros }) { Replaces = "1.20.2-1" };

        Assert.Equivalent(source, ComponentLockReader.Parse(LockEditor.SetSource(text, source)).Source("kubernetes"), strict: true);
    }

    [Fact]
    public void A_further_architecture_of_a_pinned_version_is_added()
    {
        string edited = LockEditor.SetUpstream(Locks.Text, "v1.35.4", new Dictionary<string, string> { ["arm64"] = Sha512, ["riscv64"] = Sha512 });

        IReadOnlyDictionary<string, Checksum> upstream = Assert.Single(ComponentLockReader.Parse(edited).Kubelet.Upstream).Value;
        Assert.Equal([Sha512, Locks.Zeros + Locks.Zeros, Sha512], upstream.OrderBy(u => u.Key == "amd64" ? 1 : u.Key == "arm64" ? 0 : 2).Select(u => u.Value.Hex));
    }

    private const string Sha512 = Locks.Ones + Locks.Ones;

    private static readonly Dictionary<string, string> Checksums = new() { ["arm64"] = Sha512, ["amd64"] = Sha512 };
}
