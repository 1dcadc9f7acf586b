using System.CommandLine;
using Talos.Boards;
using Talos.Imager.Build;
using Talos.Imager.Bundles;
using Talos.Imager.Components;
using Talos.Imager.Reports;
using Talos.Ota.Bundle;

namespace Talos.Imager.Commands;

/// <summary><c>imager build</c>: from lock, board and binaries to a bootable image.</summary>
internal static class BuildCommand
{
    private static readonly Option<string> BoardName = new("--board") { Description = "Name of a folder in boards/", Required = true };

    private static readonly Option<string> Output = new("--output") { Description = "Folder for the outputs", Required = true };

    private static readonly Option<string> Machined = new("--machined") { Description = "Our node executable, published for linux-arm64", Required = true };

    private static readonly Option<string> Stage1 = new("--stage1") { Description = "Our static init of the initramfs, published for linux-arm64", Required = true };

    private static readonly Option<string> Repository = new("--repository") { Description = "Folder with boards/ and firmware/", DefaultValueFactory = _ => "." };

    private static readonly Option<string?> Lock = new("--lock") { Description = "Lock to build from, such as the .lock beside an image; default: firmware/components.lock" };

    private static readonly Option<bool> Locked = new("--locked") { Description = "Refuse to take another version of a package that is gone; for releases" };

    private static readonly Option<string?> Kubelet = new("--kubelet") { Description = "debian-source, or a version of upstream; default: what the lock says" };

    private static readonly Option<string[]> Images = new("--image") { Description = "OCI archive, or folder of them, to put into the image; may be repeated" };

    private static readonly Option<string[]> KernelArgs = new("--kernel-arg") { Description = "Further kernel argument; may be repeated" };

    private static readonly Option<string[]> Without = new("--without") { Description = "Component to leave out of the root; may be repeated" };

    private static readonly Option<string> Release = new("--release") { Description = "Version of the system", DefaultValueFactory = _ => "v0.1.0" };

    // A node packs the changed blocks of a delta again: level 6 takes it a tenth of the time of level 15, for a root 10 % larger.
    private static readonly Option<int> RootLevel = new("--root-level") { Description = "Level of zstd for the root, 1 to 22", DefaultValueFactory = _ => 6 };

    private static readonly Option<string?> Keys = new("--update-keys") { Description = "Folder with anchors.pem, and signer.crt and signer.key to write a bundle; default: update-keys beside --output, made for development when absent" };

    private static readonly Option<string?> MinimumVersion = new("--minimum-version") { Description = "Oldest version the bundle can be installed from" };

    private static readonly Option<string?> Floor = new("--floor") { Description = "Oldest version a node takes after this one" };

    private static readonly Option<bool> Force = new("--force") { Description = "Build even when nothing changed" };

    public static Command Create()
    {
        Command command = new("build", "Builds a bootable disk image")
        {
            BoardName, Output, Machined, Stage1, Repository, Lock, Locked, Kubelet, Images, KernelArgs, Without, Release, RootLevel, Keys, MinimumVersion, Floor, Force,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task RunAsync(ParseResult result, CancellationToken ct)
    {
        BuildOptions options = Options(result);
        if (result.GetValue(Keys) is null && options.UpdateKeys.CreateWhenAbsent(TimeProvider.System))
        {
            await Console.Error.WriteLineAsync($"imager: {options.UpdateKeys.AnchorsFile}: made trust anchors and a signer for development; give --update-keys for a release");
        }

        options.UpdateKeys.Check();
        ErrorLines progress = new();
        bool refuse = result.GetValue(Locked);
        if ((result.GetValue(Kubelet) ?? ComponentLockReader.Read(options.LockFile).Kubelet.Use) == LockedKubelet.DebianSource)
        {
            progress.Report($"kubelet {LockedKubelet.SourceVersion} from Debian's source is end of life and has known vulnerabilities: for trials only");
        }

        string fingerprint = await Fingerprint.OfAsync(options, result.GetValue(Kubelet), Path.Combine(AppContext.BaseDirectory, "imager.dll"), ct);
        string beside = Path.Combine(options.Output, options.Name + ImageBuilder.LockEnding);
        if (!result.GetValue(Force) && OutputFolder.IsCurrent(options.Output, options.Name, fingerprint) && (!refuse || IsSame(beside, options.LockFile)))
        {
            progress.Report($"{options.Name} in {options.Output} is up to date");
            Tell(new ResolvedLock(await File.ReadAllTextAsync(beside, ct)), beside, progress);
            return;
        }

        ComponentStore store = new(ComponentCache.OfUser(), options.LockFile, progress, options.Repository, refuse);
        ComponentSet components = await store.FetchAsync(result.GetValue(Kubelet), ct);
        foreach (string taken in LocksOfImages(result))
        {
            store.State.Merge(ComponentLockReader.Read(taken), [LockedPackage.WorkloadGroup, LockedPackage.KubeletGroup]);
        }

        string? tools = await ToolCheck.RunAsync(ComponentCache.OfUser(), components, store.State, ct);
        SizeReport report = await new ImageBuilder(options, components, store.State, progress).BuildAsync(fingerprint, ct);
        Console.Write(report.ToTable());
        Tell(store.State, beside, progress);
        if (tools is not null)
        {
            progress.Report(tools);
        }
    }

    private static void Tell(ResolvedLock state, string file, ErrorLines progress)
    {
        progress.Tell(state);
        if (state.Substitutions.Any())
        {
            progress.Report($"--lock {Path.GetFullPath(file)} builds the same bytes again");
        }
    }

    // The container images of a build were made by another run of this program, which took something else too.
    private static IEnumerable<string> LocksOfImages(ParseResult result) =>
        (result.GetValue(Images) ?? []).Where(Directory.Exists).Select(f => Path.Combine(f, ComponentsCommand.LockName)).Where(File.Exists);

    private static bool IsSame(string file, string other) => File.Exists(file) && File.ReadAllText(file) == File.ReadAllText(other);

    private static BuildOptions Options(ParseResult result)
    {
        string repository = Path.GetFullPath(result.GetRequiredValue(Repository));
        (Board board, string file) = BoardFolder.Read(repository, result.GetRequiredValue(BoardName));
        int level = result.GetValue(RootLevel);
        return new BuildOptions
        {
            Board = board,
            BoardFile = file,
            Repository = repository,
            LockFile = result.GetValue(Lock) is { } given ? Existing(given) : Path.Combine(repository, "firmware", ComponentsCommand.LockName),
            Machined = Existing(result.GetRequiredValue(Machined)),
            Stage1 = Existing(result.GetRequiredValue(Stage1)),
            Images = [.. (result.GetValue(Images) ?? []).SelectMany(Archives)],
            KernelArgs = result.GetValue(KernelArgs) ?? [],
            Release = result.GetRequiredValue(Release),
            RootLevel = level is >= 1 and <= 22 ? level : throw new ImagerException($"--root-level: {level} is not 1 to 22"),
            Without = new HashSet<string>(result.GetValue(Without) ?? []),
            Output = result.GetRequiredValue(Output),
            UpdateKeys = new UpdateKeys(result.GetValue(Keys) ?? Path.GetFullPath(Path.Combine(result.GetRequiredValue(Output), "..", "update-keys"))),
            MinimumVersion = Version(result, MinimumVersion),
            Floor = Version(result, Floor),
        };
    }

    private static SemanticVersion? Version(ParseResult result, Option<string?> option) =>
        result.GetValue(option) is not { } text ? null
        : SemanticVersion.TryParse(text, out SemanticVersion? version) ? version
        : throw new ImagerException($"{option.Name} {text}: wanted is a version such as v1.2.3");

    private static string Existing(string path) => File.Exists(path) ? Path.GetFullPath(path) : throw new ImagerException($"{path}: no such file");

    private static string[] Archives(string path) => Directory.Exists(path)
        ? [.. Directory.GetFiles(Path.GetFullPath(path), "*.tar").Order(StringComparer.Ordinal)]
        : [Existing(path)];
}
