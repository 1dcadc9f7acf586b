using System.Globalization;
using Talos.Imager.Build;
using Talos.Imager.Components;
using Talos.Imager.Tools;

namespace Talos.Imager.Rootfs;

/// <summary>Puts the root together: third-party files, our executable, modules, settings, container images.</summary>
internal static class RootAssembler
{
    /// <summary>Component of our own executable.</summary>
    public const string OwnBinary = "machined";

    private const int OctalBase = 8;
    private static readonly string[] ProgramFolders = ["usr/bin/", "opt/cni/bin/"];

    /// <summary>Assembles and checks the root.</summary>
    /// <param name="options">What to build.</param>
    /// <param name="components">Third-party files.</param>
    /// <param name="release">Kernel release, <c>uname -r</c>.</param>
    /// <param name="modules">Modules and their index, by path below <c>usr/lib/modules/&lt;release&gt;</c>.</param>
    /// <exception cref="ImagerException">Something is missing, twice there or not allowed.</exception>
    public static RootTree Assemble(BuildOptions options, ComponentSet components, string release, IReadOnlyList<(string Path, string Source)> modules)
    {
        RootTree tree = new();
        AddLists(tree, options);
        AddThirdParty(tree, options, components);

        tree.AddFile("usr/bin/init", options.Machined, OwnBinary, executable: true);
        foreach ((string path, string source) in modules)
        {
            tree.AddFile($"usr/lib/modules/{release}/{path}", source, "kernel modules");
        }

        AddSettings(tree, options);
        AddVersions(tree, options, components);
        foreach (string image in options.Images)
        {
            tree.AddFile("usr/share/talos/images/" + Path.GetFileName(image), image, "container images");
        }

        LibraryClosure.Complete(tree, components.FindLibrary);
        LibraryCheck.Check(tree);
        ExecutableCheck.Check(tree, ReadList(options, "executables.allow"));
        return tree;
    }

    /// <summary>Reads a list of <c>firmware/rootfs</c>.</summary>
    public static IReadOnlyList<string> ReadList(BuildOptions options, string name) =>
        NameList.Parse(File.ReadAllText(Path.Combine(options.Firmware, "rootfs", name)));

    private static void AddLists(RootTree tree, BuildOptions options)
    {
        foreach (string line in ReadList(options, "directories.list"))
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 1)
            {
                tree.AddDirectory(fields[0], Convert.ToInt32(fields[1], OctalBase));
            }
            else
            {
                tree.AddDirectory(fields[0]);
            }
        }

        foreach (string line in ReadList(options, "links.list"))
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length != 2)
            {
                throw new ImagerException(string.Create(CultureInfo.InvariantCulture, $"firmware/rootfs/links.list: \"{line}\" has {fields.Length} fields, 2 are wanted"));
            }

            tree.AddLink(fields[0], fields[1]);
        }
    }

    private static void AddThirdParty(RootTree tree, BuildOptions options, ComponentSet components)
    {
        foreach (RootFile file in components.RootFiles.Where(f => !options.Without.Contains(f.Component)))
        {
            bool program = ProgramFolders.Any(f => file.Target.StartsWith(f, StringComparison.Ordinal))
                || Path.GetFileName(file.Target).StartsWith("ld-linux", StringComparison.Ordinal);
            tree.AddFile(file.Target, file.Source, file.Component, program);
        }

        foreach ((string path, string target) in components.RootLinks)
        {
            tree.AddLink(path, target);
        }
    }

    // The node sets both up by their version, and starting an executable of 50 MB to ask it costs a second of each boot.
    private static void AddVersions(RootTree tree, BuildOptions options, ComponentSet components)
    {
        foreach (string component in (string[])[ComponentSet.Kubelet, "containerd"])
        {
            if (components.Trees.TryGetValue(component, out ComponentTree? found) && !options.Without.Contains(component))
            {
                tree.AddText($"usr/share/talos/{component}.version", found.Version + "\n");
            }
        }
    }

    private static void AddSettings(RootTree tree, BuildOptions options)
    {
        string folder = Path.Combine(options.Firmware, "rootfs", "files");
        foreach (string path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            tree.AddFile(Path.GetRelativePath(folder, path), path, "settings");
        }

        string osRelease = OsRelease.Text(options.Release);
        tree.AddText("usr/lib/os-release", osRelease);
        tree.AddText("etc/os-release", osRelease);
        tree.AddFile("usr/share/talos/board.yaml", options.BoardFile, "settings");
        tree.AddFile("usr/share/talos/ota/anchors.pem", options.UpdateKeys.AnchorsFile, "settings");
        tree.AddDirectory("usr/share/talos/images");
    }
}
