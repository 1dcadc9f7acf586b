using Talos.Imager.Components;

namespace Talos.Imager.Tests.Components;

/// <summary>Small locks for tests.</summary>
internal static class Locks
{
    public const string Zeros = "0000000000000000000000000000000000000000000000000000000000000000";
    public const string Ones = "1111111111111111111111111111111111111111111111111111111111111111";

    public const string Text = $"""
        apiVersion: components.talos.dev/v1
        debian: {"{"} suite: trixie, sourceSuite: bookworm, architecture: arm64 {"}"}
        packages:
          # the kernel
          - name: kernel
            package: linux-image-6.12.1-arm64
            tracks: linux-image-arm64
            version: 6.12.1-1   # stable
            sha256: {Zeros}
            licence: GPL-2.0-only
          - name: runc
            version: 1.1.15-2
            sha256: {Zeros}
            licence: Apache-2.0
            root: [usr/sbin/runc => usr/bin/runc]
        sources:
          - name: kubernetes
            version: 1.20.2-1
            licence: Apache-2.0
            files: {"{"} kubernetes_1.20.2.orig.tar.gz: {Zeros} {"}"}
        kubelet:
          use: debian-source
          upstream:
            v1.35.4:
              arm64: {Zeros}{Zeros}
              amd64: {Zeros}{Zeros}

        """;

    public static ComponentLock Small => ComponentLockReader.Parse(Text);
}
