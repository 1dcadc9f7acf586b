using Talos.Pki;

namespace Talos.Config;

/// <summary>Merges what concerns the system itself: time, disks, files, modules, registries.</summary>
internal static class SystemReader
{
    private static readonly TimeSpan ShortestWatchdog = TimeSpan.FromSeconds(10);

    public static TimeConfiguration Time(DocumentSet documents, View time, List<ConfigProblem> problems)
    {
        View document = documents.One("TimeSyncConfig");
        if (document.IsPresent && time.IsPresent)
        {
            problems.Add(new ConfigProblem("TimeSyncConfig", document.Node!.Line, "machine.time is set too; keep one of them"));
        }

        TimeSpan? timeout = document.Duration("bootTimeout") ?? time.Duration("bootTimeout");
        return new TimeConfiguration
        {
            Enabled = document.Flag("enabled", !time.Flag("disabled", false)),
            Servers = document.Map("ntp").Has("servers") ? document.Map("ntp").Texts("servers") : time.Texts("servers"),
            BootTimeout = timeout == TimeSpan.Zero ? null : timeout,
        };
    }

    public static InstallConfiguration? Install(View install) => !install.IsPresent ? null : new InstallConfiguration
    {
        Disk = install.Text("disk"),
        Image = install.Text("image"),
        Wipe = install.Flag("wipe", false),
        ExtraKernelArgs = install.Texts("extraKernelArgs"),
    };

    public static IReadOnlyList<FileConfiguration> Files(View machine, List<ConfigProblem> problems)
    {
        List<FileConfiguration> files = [];
        IReadOnlyList<View> listed = machine.Maps("files");
        for (int i = 0; i < listed.Count; i++)
        {
            View file = listed[i];
            FileOperation operation = file.Text("op") switch
            {
                "append" => FileOperation.Append,
                "overwrite" => FileOperation.Overwrite,
                _ => FileOperation.Create,
            };
            string path = file.Text("path");
            if (operation is FileOperation.Create && !path.StartsWith("/var/", StringComparison.Ordinal))
            {
                problems.Add(new ConfigProblem(
                    $"machine.files[{i}].path", file.Line("path"), $"'{path}' is not under /var: files are created there only, the root is read-only"));
            }

            files.Add(new FileConfiguration(
                path, file.Text("content"), (UnixFileMode)(ScalarRules.Mode(file.Text("permissions", "0600")) ?? 0), operation));
        }

        return files;
    }

    public static IReadOnlyList<KernelModuleConfiguration> Modules(DocumentSet documents, View kernel, List<ConfigProblem> problems)
    {
        List<KernelModuleConfiguration> modules = [];
        foreach (View module in kernel.Maps("modules").Concat(documents.All("KernelModuleConfig")))
        {
            string name = module.Text("name");
            if (modules.Any(m => m.Name == name))
            {
                problems.Add(new ConfigProblem("machine.kernel.modules", module.Line("name"), $"the module {name} is given twice"));
            }

            modules.Add(new KernelModuleConfiguration(name, module.Texts("parameters")));
        }

        return modules;
    }

    public static WatchdogConfiguration? Watchdog(DocumentSet documents, List<ConfigProblem> problems)
    {
        View document = documents.One("WatchdogTimerConfig");
        if (!document.IsPresent)
        {
            return null;
        }

        TimeSpan timeout = document.Duration("timeout") ?? TimeSpan.FromMinutes(1);
        if (timeout < ShortestWatchdog)
        {
            problems.Add(new ConfigProblem(
                "WatchdogTimerConfig/timeout", document.Line("timeout"), $"{timeout.TotalSeconds:0.###} s is less than {ShortestWatchdog.TotalSeconds:0} s"));
        }

        return new WatchdogConfiguration(document.Text("device"), timeout);
    }

    public static IReadOnlyList<LogDestination> LogDestinations(View logging) =>
        [.. logging.Maps("destinations").Select(d => new LogDestination(d.Url("endpoint")!, d.TextMap("extraTags")))];

    public static RegistriesConfiguration Registries(DocumentSet documents, View registries)
    {
        Dictionary<string, RegistryMirror> mirrors = new(StringComparer.Ordinal);
        foreach (MappingEntry entry in registries.Entries("mirrors"))
        {
            View mirror = new(entry.Value as MappingNode);
            mirrors[entry.Key] = new RegistryMirror(
                [.. mirror.Texts("endpoints").Select(e => new Uri(e))], mirror.Flag("overridePath", false), mirror.Flag("skipFallback", false));
        }

        foreach (View document in documents.All("RegistryMirrorConfig"))
        {
            IReadOnlyList<View> endpoints = document.Maps("endpoints");
            mirrors[document.Text("name")] = new RegistryMirror(
                [.. endpoints.Select(e => e.Url("url")).OfType<Uri>()],
                endpoints.Any(e => e.Flag("overridePath", false)),
                document.Flag("skipFallback", false));
        }

        Dictionary<string, RegistryAccess> access = new(StringComparer.Ordinal);
        foreach (MappingEntry entry in registries.Entries("config"))
        {
            View config = new(entry.Value as MappingNode);
            View tls = config.Map("tls");
            access[entry.Key] = WithAuth(new RegistryAccess(), config.Map("auth")) with
            {
                CaPem = tls.Pem("ca"),
                ClientIdentity = tls.Pair("clientIdentity"),
                InsecureSkipVerify = tls.Flag("insecureSkipVerify", false),
            };
        }

        foreach (View document in documents.All("RegistryAuthConfig"))
        {
            string name = document.Text("name");
            access[name] = WithAuth(access.GetValueOrDefault(name) ?? new RegistryAccess(), document);
        }

        foreach (View document in documents.All("RegistryTLSConfig"))
        {
            string name = document.Text("name");
            View identity = document.Map("clientIdentity");
            access[name] = (access.GetValueOrDefault(name) ?? new RegistryAccess()) with
            {
                CaPem = document.Text("ca"),
                ClientIdentity = identity.IsPresent
                    ? new CertificateAndKey(identity.Text("cert", identity.Text("crt")), identity.Secret("key"))
                    : null,
                InsecureSkipVerify = document.Flag("insecureSkipVerify", false),
            };
        }

        return new RegistriesConfiguration { Mirrors = mirrors, Access = access };
    }

    public static IReadOnlyList<VolumeConfiguration> Volumes(DocumentSet documents, List<ConfigProblem> problems)
    {
        List<VolumeConfiguration> volumes = [];
        foreach (string kind in new[] { "VolumeConfig", "UserVolumeConfig", "RawVolumeConfig", "SwapVolumeConfig", "ExistingVolumeConfig" })
        {
            foreach (View document in documents.All(kind))
            {
                View provisioning = document.Map("provisioning");
                View mount = document.Map("mount");
                VolumeConfiguration volume = new()
                {
                    Name = document.Text("name"),
                    DocumentKind = kind,
                    DiskSelector = provisioning.Map("diskSelector").Text("match"),
                    MinSize = provisioning.Size("minSize"),
                    MaxSize = provisioning.Size("maxSize"),
                    Grow = provisioning.Flag("grow"),
                    FilesystemType = document.Map("filesystem").Text("type"),
                    DisableAccessTime = mount.Flag("disableAccessTime", false),
                    Secure = mount.Flag("secure", true),
                };
                if (volume.MaxSize > 0 && volume.MinSize > volume.MaxSize)
                {
                    problems.Add(new ConfigProblem(
                        DocumentSet.Prefix(kind, volume.Name) + "provisioning.minSize", provisioning.Line("minSize"), "is more than maxSize"));
                }

                volumes.Add(volume);
            }
        }

        return volumes;
    }

    private static RegistryAccess WithAuth(RegistryAccess access, View auth) => access with
    {
        Username = auth.Text("username"),
        Password = auth.Secret("password"),
        Auth = auth.Secret("auth"),
        IdentityToken = auth.Secret("identityToken"),
    };
}
