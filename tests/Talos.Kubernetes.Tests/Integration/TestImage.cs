using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;

namespace Talos.Kubernetes.Tests.Integration;

/// <summary>Makes an OCI archive of this machine's busybox and the libraries it needs.</summary>
internal static class TestImage
{
    public static void Write(string path, string name, params string[] entrypoint)
    {
        byte[] layer = Layer();
        string diff = Digest(layer);
        byte[] config = Encoding.UTF8.GetBytes($$$"""
            {"architecture":"amd64","os":"linux","config":{"Entrypoint":[{{{string.Join(',', entrypoint.Select(e => $"\"{e}\""))}}}]},
            "rootfs":{"type":"layers","diff_ids":["{{{diff}}}"]}}
            """);
        byte[] manifest = Encoding.UTF8.GetBytes($$"""
            {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
            "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{Digest(config)}}","size":{{config.Length}}},
            "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"{{diff}}","size":{{layer.Length}}}]}
            """);
        byte[] index = Encoding.UTF8.GetBytes($$$"""
            {"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{{{Digest(manifest)}}}",
            "size":{{{manifest.Length}}},"annotations":{"io.containerd.image.name":"{{{name}}}"}}]}
            """);
        using TarWriter tar = new(File.Create(path), TarEntryFormat.Ustar);
        Add(tar, "oci-layout", """{"imageLayoutVersion":"1.0.0"}"""u8.ToArray());
        Add(tar, "index.json", index);
        foreach (byte[] blob in (byte[][])[config, manifest, layer])
        {
            Add(tar, "blobs/" + Digest(blob).Replace(':', '/'), blob);
        }
    }

    private static byte[] Layer()
    {
        MemoryStream stream = new();
        using (TarWriter tar = new(stream, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (string folder in (string[])["bin", "lib64", "lib", "lib/x86_64-linux-gnu", "www", "etc", "tmp"])
            {
                tar.WriteEntry(new UstarTarEntry(TarEntryType.Directory, folder) { Mode = (UnixFileMode)0x1ED });
            }

            Add(tar, "bin/busybox", File.ReadAllBytes("/usr/bin/busybox"), executable: true);
            foreach (string library in (string[])["/lib64/ld-linux-x86-64.so.2", "/lib/x86_64-linux-gnu/libc.so.6", "/lib/x86_64-linux-gnu/libresolv.so.2"])
            {
                Add(tar, library[1..], File.ReadAllBytes(library), executable: true);
            }

            Add(tar, "www/index.html", "hello from a pod\n"u8.ToArray());
        }

        return stream.ToArray();
    }

    private static void Add(TarWriter tar, string name, byte[] content, bool executable = false) => tar.WriteEntry(
        new UstarTarEntry(TarEntryType.RegularFile, name)
        {
            Mode = executable ? (UnixFileMode)0x1ED : (UnixFileMode)0x1A4,
            DataStream = new MemoryStream(content),
        });

    private static string Digest(byte[] content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));
}
