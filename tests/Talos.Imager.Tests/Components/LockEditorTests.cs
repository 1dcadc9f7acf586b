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
        string edited = LockEditor.SetUpstream(Locks.Text, "v1.35.0", Checksums);

        LockedKubelet kubelet = ComponentLockReader.Parse(edited).Kubelet;
        Assert.Equal(["v1.35.0", "v1.34.2"], kubelet.Upstream.Keys);
        Assert.Equal(Locks.Ones, kubelet.Upstream["v1.35.0"]["arm64"]);
    }

    [Fact]
    public void A_kubelet_version_that_is_pinned_gets_the_new_checksums()
    {
        string edited = LockEditor.SetUpstream(Locks.Text, "v1.34.2", Checksums);

        Assert.Equal(Checksums, Assert.Single(ComponentLockReader.Parse(edited).Kubelet.Upstream).Value);
    }

    private static readonly Dictionary<string, string> Checksums = new() { ["arm64"] = Locks.Ones, ["amd64"] = Locks.Ones };
}
