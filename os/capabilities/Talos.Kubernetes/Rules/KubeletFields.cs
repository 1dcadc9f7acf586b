namespace Talos.Kubernetes.Rules;

/// <summary>The fields of KubeletConfiguration by the kubelet's version.</summary>
/// <remarks>
/// Source: Kubernetes, <c>KubeletConfiguration</c> of kubelet.config.k8s.io/v1beta1, at 1.20 and from 1.31 to 1.37. Only the names of the top
/// level are listed: what stands inside a field is left to the kubelet, which ignores or refuses it itself.
/// </remarks>
internal static class KubeletFields
{
    /// <summary>Which version has which field.</summary>
    public static readonly VersionSpans Known = new(
        (20, 37, """
            apiVersion kind
            enableServer staticPodPath syncFrequency fileCheckFrequency httpCheckFrequency staticPodURL staticPodURLHeader address port readOnlyPort
            tlsCertFile tlsPrivateKeyFile tlsCipherSuites tlsMinVersion rotateCertificates serverTLSBootstrap authentication authorization
            registryPullQPS registryBurst eventRecordQPS eventBurst enableDebuggingHandlers enableContentionProfiling healthzPort healthzBindAddress
            oomScoreAdj clusterDomain clusterDNS streamingConnectionIdleTimeout nodeStatusUpdateFrequency nodeStatusReportFrequency
            nodeLeaseDurationSeconds imageMinimumGCAge imageGCHighThresholdPercent imageGCLowThresholdPercent volumeStatsAggPeriod kubeletCgroups
            systemCgroups cgroupRoot cgroupsPerQOS cgroupDriver cpuManagerPolicy cpuManagerReconcilePeriod topologyManagerPolicy
            topologyManagerScope qosReserved runtimeRequestTimeout hairpinMode maxPods podCIDR podPidsLimit resolvConf runOnce cpuCFSQuota
            cpuCFSQuotaPeriod nodeStatusMaxImages maxOpenFiles contentType kubeAPIQPS kubeAPIBurst serializeImagePulls evictionHard evictionSoft
            evictionSoftGracePeriod evictionPressureTransitionPeriod evictionMaxPodGracePeriod evictionMinimumReclaim podsPerCore
            enableControllerAttachDetach protectKernelDefaults makeIPTablesUtilChains iptablesMasqueradeBit iptablesDropBit featureGates failSwapOn
            containerLogMaxSize containerLogMaxFiles configMapAndSecretChangeDetectionStrategy systemReserved kubeReserved reservedSystemCPUs
            showHiddenMetricsForVersion systemReservedCgroup kubeReservedCgroup enforceNodeAllocatable allowedUnsafeSysctls volumePluginDir
            providerID kernelMemcgNotification logging enableSystemLogHandler shutdownGracePeriod shutdownGracePeriodCriticalPods
            """),
        (31, 37, """
            containerLogMaxWorkers containerLogMonitorInterval containerRuntimeEndpoint cpuManagerPolicyOptions enableDebugFlagsHandler
            enableProfilingHandler enableSystemLogQuery failCgroupV1 imageMaximumGCAge imageServiceEndpoint localStorageCapacityIsolation
            maxParallelImagePulls memoryManagerPolicy memorySwap memoryThrottlingFactor podLogsDir registerNode registerWithTaints reservedMemory
            seccompDefault shutdownGracePeriodByPodPriority topologyManagerPolicyOptions tracing
            """),
        (32, 37, "crashLoopBackOff singleProcessOOMKill"),
        (33, 37, "imagePullCredentialsVerificationPolicy mergeDefaultEvictionSettings preloadedImagesVerificationAllowlist userNamespaces"),
        (36, 37, "memoryReservationPolicy tlsCurvePreferences"),
        (37, 37, "draManagerReconcilePeriod"));

    /// <summary>Fields that are still read and do nothing, with the first minor version of which that is so.</summary>
    private static readonly Dictionary<string, int> Effectless = new(StringComparer.Ordinal)
    {
        ["streamingConnectionIdleTimeout"] = 36,
        ["iptablesMasqueradeBit"] = 31,
        ["iptablesDropBit"] = 31,
    };

    /// <summary>Whether the field does something in version 1.<paramref name="minor"/>.</summary>
    public static bool HasEffect(string name, int minor) => !Effectless.TryGetValue(name, out int first) || minor < first;
}
