namespace Talos.Config;

/// <summary>Documents of the running system, of storage and of trust.</summary>
internal static class RuntimeSchema
{
    public const string Text = """
        SysctlConfig:
          +Document
          params: map(string)
        SysfsConfig:
          +Document
          params: map(string)
        KernelModuleConfig:
          +Named
          parameters: [string]
        EnvironmentConfig:
          +Document
          variables@: map(proxy)
        WatchdogTimerConfig:
          +Document
          device*: path
          timeout: duration
        UpdateProbe:
          name*: name
          url*: url
          timeout: duration
        UpdateDownload:
          bytesPerSecond: size
          proxy: url
        UpdateConfig:
          +Document
          healthDeadline: duration
          probes: [UpdateProbe]
          download: UpdateDownload
        FleetVetoes:
          health: bool
          minimumBatteryPercent: int(0..100)
          externalPower: bool
          probes: [UpdateProbe]
        FleetConfig:
          +Document
          hub*: url
          hubCA*: string
          token^: string
          brokers: [target]
          nodeId: string
          labels: map(string)
          telemetryInterval: duration
          keepAlive: duration
          vetoes: FleetVetoes
        UdevRulesConfig ~:
          +Document
          rules: [string]
        TrustedRootsConfig ~:
          +Named
          certificates*: string
        KmsgLogConfig ~:
          +Document
          name: string
          url*: logurl
        EtcFileConfig ~:
          +Named
          mode: mode
          contents: string
        EventSinkConfig ~:
          +Document
          endpoint: target
        OOMConfig ~:
          +Document
          triggerExpression: string
          cgroupRankingExpression: string
          strictCgroupClassOrdering: bool
          sampleInterval: duration
        SecurityProfileConfig ~:
          +Document
          workloadIsolation: bool
        UnattendedInstall ~:
          +Document
          reboot: bool
          installer: object
          provisioning: object
        PCIDriverRebindConfig ~:
          +Named
          targetDriver*: string
        DiskSelector:
          match: string
        Provisioning:
          diskSelector: DiskSelector
          grow: bool
          minSize: size
          maxSize: size
        VolumeMount:
          disableAccessTime: bool
          secure: bool
        Filesystem:
          type: enum(ext4|xfs|btrfs)
          projectQuotaSupport: bool
          xfs: object
        VolumeConfig ~:
          +Document
          name*: enum(EPHEMERAL|STATE|IMAGECACHE|META)
          provisioning: Provisioning
          filesystem: object
          encryption^: object
          mount: VolumeMount
          trim: object
          scrub: object
        UserVolumeConfig ~:
          +Named
          volumeType: enum(directory|disk|partition)
          provisioning: Provisioning
          filesystem: Filesystem
          encryption^: object
          mount: VolumeMount
          trim: object
          scrub: object
        RawVolumeConfig ~:
          +Named
          provisioning: Provisioning
          encryption^: object
        ExistingVolumeConfig ~:
          +Named
          discovery: object
          mount: object
          trim: object
          scrub: object
        ExternalVolumeConfig ~:
          +Named
          filesystemType: enum(virtiofs)
          mount: object
        SwapVolumeConfig ~:
          +Named
          provisioning: Provisioning
          encryption^: object
        ZswapConfig ~:
          +Document
          maxPoolPercent: int(1..100)
          shrinkerEnabled: bool
        FilesystemScrubConfig ~:
          +Document
          interval: duration
        FilesystemTrimConfig ~:
          +Document
          interval: duration
        LVMLogicalVolumeConfig ~:
          +Named
          type: string
          mirrors: int
          stripes: int
          provisioning: object
        LVMVolumeGroupConfig ~:
          +Named
          provisioning: object
        RAIDArrayConfig ~:
          +Named
          level: enum(raid1)
          metadata: string
          provisioning: object
        """;
}
