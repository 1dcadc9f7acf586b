namespace Talos.Kubernetes.Rules;

/// <summary>The flags of the kubelet by its version.</summary>
/// <remarks>
/// Source: the flag sets of the kubelets themselves; 1.20 as <c>scripts/kubelet</c> builds it. Flags of cAdvisor and of the log libraries are among
/// them. What 1.31 to 1.33 have beside 1.34's is known from their lists of removed flags.
/// </remarks>
internal static class KubeletFlags
{
    /// <summary>Which version has which flag.</summary>
    public static readonly VersionSpans Known = new(
        (20, 20, """
            add-dir-header alsologtostderr chaos-chance cni-bin-dir cni-cache-dir cni-conf-dir container-runtime docker
            docker-endpoint docker-env-metadata-whitelist docker-only docker-root docker-tls docker-tls-ca docker-tls-cert
            docker-tls-key dynamic-config-dir enable-cadvisor-json-endpoints experimental-bootstrap-kubeconfig
            experimental-check-node-capabilities-before-mount experimental-kernel-memcg-notification
            experimental-logging-sanitization image-pull-progress-deadline iptables-drop-bit iptables-masquerade-bit
            keep-terminated-pod-volumes log-backtrace-at log-dir log-file log-file-max-size logtostderr master-service-namespace
            network-plugin network-plugin-mtu non-masquerade-cidr one-output really-crash-for-testing redirect-container-streaming
            register-schedulable seccomp-profile-root skip-headers skip-log-headers stderrthreshold
            """),
        (20, 33, "cloud-config"),
        (20, 34, "pod-infra-container-image"),
        (20, 36, """
            application-metrics-count-limit boot-id-file container-hints containerd containerd-namespace enable-load-reader
            event-storage-age-limit event-storage-event-limit global-housekeeping-interval log-cadvisor-usage machine-id-file
            storage-driver-buffer-duration storage-driver-db storage-driver-host storage-driver-password storage-driver-secure
            storage-driver-table storage-driver-user
            """),
        (20, 37, """
            address allowed-unsafe-sysctls anonymous-auth authentication-token-webhook authentication-token-webhook-cache-ttl
            authorization-mode authorization-webhook-cache-authorized-ttl authorization-webhook-cache-unauthorized-ttl
            bootstrap-kubeconfig cert-dir cgroup-driver cgroup-root cgroups-per-qos client-ca-file cloud-provider cluster-dns
            cluster-domain config container-log-max-files container-log-max-size container-runtime-endpoint contention-profiling
            cpu-cfs-quota cpu-cfs-quota-period cpu-manager-policy cpu-manager-reconcile-period enable-controller-attach-detach
            enable-debugging-handlers enable-server enforce-node-allocatable event-burst event-qps eviction-hard
            eviction-max-pod-grace-period eviction-minimum-reclaim eviction-pressure-transition-period eviction-soft
            eviction-soft-grace-period exit-on-lock-contention experimental-allocatable-ignore-eviction experimental-mounter-path
            fail-swap-on feature-gates file-check-frequency hairpin-mode healthz-bind-address healthz-port help hostname-override
            housekeeping-interval http-check-frequency image-credential-provider-bin-dir image-credential-provider-config
            image-gc-high-threshold image-gc-low-threshold image-service-endpoint kernel-memcg-notification kube-api-burst
            kube-api-content-type kube-api-qps kube-reserved kube-reserved-cgroup kubeconfig kubelet-cgroups lock-file
            log-flush-frequency logging-format make-iptables-util-chains manifest-url manifest-url-header max-open-files max-pods
            maximum-dead-containers maximum-dead-containers-per-container minimum-container-ttl-duration minimum-image-ttl-duration
            node-ip node-labels node-status-max-images node-status-update-frequency oom-score-adj pod-cidr pod-manifest-path
            pod-max-pids pods-per-core port protect-kernel-defaults provider-id qos-reserved read-only-port register-node
            register-with-taints registry-burst registry-qps reserved-cpus resolv-conf root-dir rotate-certificates
            rotate-server-certificates runonce runtime-cgroups runtime-request-timeout serialize-image-pulls
            streaming-connection-idle-timeout sync-frequency system-cgroups system-reserved system-reserved-cgroup tls-cert-file
            tls-cipher-suites tls-min-version tls-private-key-file topology-manager-policy topology-manager-scope v version vmodule
            volume-plugin-dir volume-stats-agg-period
            """),
        (31, 37, """
            config-dir cpu-manager-policy-options fail-cgroupv1 local-storage-capacity-isolation log-json-info-buffer-size
            log-json-split-stream log-text-info-buffer-size log-text-split-stream memory-manager-policy reserved-memory
            seccomp-default topology-manager-policy-options
            """));
}
