using System.CommandLine;
using Talos.Imager.Components;

namespace Talos.Imager.Commands;

/// <summary><c>imager components</c> and <c>imager images</c>: everything that is not ours.</summary>
internal static class ComponentsCommand
{
    /// <summary>File name of a lock.</summary>
    public const string LockName = "components.lock";

    private static readonly Option<string> LockPath = new("--lock")
    {
        Description = "Path of components.lock",
        DefaultValueFactory = _ => "firmware/" + LockName,
    };

    private static readonly Option<string> Repository = new("--repository") { Description = "Folder with scripts/kubelet", DefaultValueFactory = _ => "." };

    private static readonly Option<bool> Locked = new("--locked") { Description = "Refuse to take another version of a package that is gone; for releases" };

    private static readonly Option<string?> Kubelet = new("--kubelet")
    {
        Description = "debian-source, or a version of upstream such as v1.36.0; default: what the lock says",
    };

    public static Command Create()
    {
        Command command = new("components", "Fetches, checks and updates what components.lock pins");
        command.Subcommands.Add(Fetch());
        command.Subcommands.Add(BuildKubelet());
        command.Subcommands.Add(Update());
        command.Subcommands.Add(Lag());
        command.Subcommands.Add(PinKubelet());
        return command;
    }

    /// <summary><c>imager images</c>: writes the container images of a build.</summary>
    public static Command CreateImages()
    {
        Option<string> output = new("--output") { Description = "Folder for the OCI archives", Required = true };
        Option<bool> workload = new("--workload") { Description = $"Add the example workload {OciImages.WebName}" };
        Command command = new("images", "Writes the container images a node holds from the start as OCI archives") { LockPath, Repository, Locked, output, workload };
        command.SetAction(async (result, ct) =>
        {
            ComponentStore store = Store(result);
            string folder = result.GetRequiredValue(output);
            string architecture = ComponentLockReader.Read(result.GetRequiredValue(LockPath)).Architecture;
            byte[] pause = await File.ReadAllBytesAsync(await store.PauseAsync(ct), ct);
            await OciArchive.WriteAsync(Path.Combine(folder, "pause.tar"), OciImages.Pause(architecture, pause), ct);
            if (result.GetValue(workload))
            {
                byte[] busybox = await File.ReadAllBytesAsync(await store.BusyboxAsync(ct), ct);
                await OciArchive.WriteAsync(Path.Combine(folder, "web.tar"), OciImages.Web(architecture, busybox), ct);
            }

            new ErrorLines().Tell(store.State);
            await ComponentCache.FileAsync(Path.GetFullPath(Path.Combine(folder, LockName)), partial => File.WriteAllTextAsync(partial, store.State.Text, ct));
        });
        return command;
    }

    private static ComponentStore Store(ParseResult result) => new(
        ComponentCache.OfUser(), result.GetRequiredValue(LockPath), new ErrorLines(), Path.GetFullPath(result.GetRequiredValue(Repository)), result.GetValue(Locked));

    private static Command Fetch()
    {
        Command command = new("fetch", "Fetches, checks and unpacks everything an image needs") { LockPath, Repository, Locked, Kubelet };
        command.SetAction(async (result, ct) =>
        {
            ComponentSet set = await Store(result).FetchAsync(result.GetValue(Kubelet), ct);
            foreach (ComponentTree tree in set.Trees.Values)
            {
                Console.WriteLine($"{tree.Name}\t{tree.Version}\t{tree.Directory}");
            }
        });
        return command;
    }

    private static Command BuildKubelet()
    {
        Option<string> architecture = new("--arch") { Description = "arm64 or amd64", DefaultValueFactory = _ => "arm64" };
        Command command = new("kubelet", "Builds or downloads kubelet and prints its path") { LockPath, Repository, Locked, Kubelet, architecture };
        command.SetAction(async (result, ct) =>
        {
            string source = result.GetValue(Kubelet) ?? ComponentLockReader.Read(result.GetRequiredValue(LockPath)).Kubelet.Use;
            ComponentTree tree = await Store(result).KubeletAsync(source, result.GetRequiredValue(architecture), ct);
            Console.WriteLine(Path.Combine(tree.Directory, "usr/bin/kubelet"));
        });
        return command;
    }

    private static Command Update()
    {
        Command command = new("update", "Puts the newest packages of the mirror into the lock") { LockPath, Repository };
        command.SetAction((result, ct) => LockUpdate.RunAsync(ComponentCache.OfUser(), Store(result), result.GetRequiredValue(LockPath), ct));
        return command;
    }

    private static Command Lag()
    {
        Command command = new("lag", "Says which packages of the lock are behind the mirror, and which are gone from it; never a failure") { LockPath, Repository };
        command.SetAction(async (result, ct) =>
        {
            try
            {
                LockLag lag = await Store(result).Packages.LagAsync(ct);
                foreach (string line in lag.Lines)
                {
                    Console.WriteLine(line);
                }

                Console.WriteLine(lag.Summary);
            }
            catch (ImagerException e)
            {
                Console.WriteLine($"unknown how far components.lock is behind: {e.Message}");
            }
        });
        return command;
    }

    private static Command PinKubelet()
    {
        Argument<string> version = new("version") { Description = "A version of upstream such as v1.36.0" };
        Command command = new("pin-kubelet", "Downloads a version of upstream's kubelet and adds its checksum to the lock") { LockPath, Repository, version };
        command.SetAction(async (result, ct) =>
        {
            string path = result.GetRequiredValue(LockPath);
            KubeletPin pin = await Store(result).PinKubeletAsync(result.GetRequiredValue(version), ct);
            if (!pin.IsNew)
            {
                Console.WriteLine($"kubelet {pin.Version} is pinned in {path} already, and {pin.Origin} still fits");
                return;
            }

            Dictionary<string, string> checksums = new() { [pin.Architecture] = pin.Checksum.Hex };
            string text = LockEditor.SetUpstream(await File.ReadAllTextAsync(path, ct), pin.Version, checksums);
            ComponentLockReader.Parse(text);
            await ComponentCache.FileAsync(Path.GetFullPath(path), partial => File.WriteAllTextAsync(partial, text, ct));
            Console.WriteLine($"kubelet {pin.Version} is pinned in {path}: {pin.Checksum}");
            Console.WriteLine($"this first download from {pin.Origin} was trusted; compare the SHA-512 with the one in the changelog of the release before you ship it");
        });
        return command;
    }
}
