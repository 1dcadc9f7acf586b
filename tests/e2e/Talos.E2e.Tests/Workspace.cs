namespace Talos.E2e.Tests;

/// <summary>Where the parts under test lie; <c>scripts/test e2e</c> makes them and names them.</summary>
internal static class Workspace
{
    public static string Root { get; } = FindRoot();

    /// <summary>The disk image as built.</summary>
    public static string Image { get; } = Existing("TALOS_E2E_IMAGE", "out/qemu-virt/talos-qemu-virt-arm64.raw", "scripts/image");

    /// <summary>The command line for this host.</summary>
    public static string Talosctl { get; } = Existing("TALOS_E2E_TALOSCTL", "out/bin/talosctl", "scripts/build");

    /// <summary>A new folder for one machine; kept after the run, because its console log tells what happened.</summary>
    public static string NewFolder(string name)
    {
        string path = Path.Combine(Root, "out", "e2e", name);
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }

        Directory.CreateDirectory(path);
        return path;
    }

    private static string Existing(string variable, string fallback, string maker)
    {
        string path = Environment.GetEnvironmentVariable(variable) ?? Path.Combine(Root, fallback);
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} is missing: run {maker} or set {variable}");
    }

    private static string FindRoot()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Talos.sln")))
        {
            at = at.Parent;
        }

        return at?.FullName ?? throw new InvalidOperationException("Talos.sln is in no parent folder of the tests");
    }
}
