namespace Talos.Imager.Components;

/// <summary>The container images we make ourselves, as archives a node can load without a network.</summary>
internal static class OciImages
{
    /// <summary>Keeps the namespaces of a pod.</summary>
    public const string PauseName = "localhost/pause:3.9";

    /// <summary>The example workload: busybox and a small web site on port 8080.</summary>
    public const string WebName = "localhost/web:1";

    private static readonly string[] Applets =
    [
        "cat", "chmod", "cut", "date", "dd", "df", "echo", "env", "false", "free", "grep", "head", "hostname", "httpd", "id", "ifconfig",
        "ip", "kill", "ls", "mkdir", "mount", "mv", "nc", "nslookup", "ping", "ps", "rm", "route", "sed", "sh", "sleep", "sync",
        "tail", "test", "touch", "true", "uname", "uptime", "wc", "wget",
    ];

    /// <summary>The image of the pod sandbox.</summary>
    public static byte[] Pause(string architecture, byte[] pause) =>
        OciArchive.Create(PauseName, architecture, new OciCommand("/pause"), MountPoints(new OciLayer()).Executable("pause", pause));

    /// <summary>The image of the example workload.</summary>
    /// <param name="architecture">Go's name of the architecture.</param>
    /// <param name="busybox">A static busybox.</param>
    public static byte[] Web(string architecture, byte[] busybox)
    {
        OciLayer layer = MountPoints(new OciLayer())
            .Executable("bin/busybox", busybox)
            .Folder("tmp", (UnixFileMode)0x3ff)
            .File("www/index.html", "It works: this page comes from a pod on Talos Edge.\n"u8.ToArray())
            .Script("www/cgi-bin/hostname", "#!/bin/sh\necho 'Content-Type: text/plain'\necho\nhostname\n")
            .Script("www/cgi-bin/addresses", "#!/bin/sh\necho 'Content-Type: text/plain'\necho\nip -o addr\n")
            // What one pod sees of another: /cgi-bin/fetch?10.244.0.3:8080/
            .Script("www/cgi-bin/fetch", "#!/bin/sh\necho 'Content-Type: text/plain'\necho\nwget -q -T 5 -O - \"http://$QUERY_STRING\" 2>&1\n");
        foreach (string applet in Applets)
        {
            layer.Link($"bin/{applet}", "busybox");
        }

        return OciArchive.Create(WebName, architecture, new OciCommand("/bin/httpd", "-f", "-v", "-p", "8080", "-h", "/www"), layer);
    }

    // What the container runtime and kubelet mount on, so that a read-only root works too.
    private static OciLayer MountPoints(OciLayer layer) =>
        layer.Folder("dev").Folder("etc").Folder("proc").Folder("sys").File("etc/hosts", []).File("etc/hostname", []).File("etc/resolv.conf", []);
}
