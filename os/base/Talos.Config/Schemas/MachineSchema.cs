namespace Talos.Config;

/// <summary>The v1alpha1 document and its <c>machine</c> part.</summary>
internal static class MachineSchema
{
    public const string Text = """
        V1Alpha1:
          version*: enum(v1alpha1)
          debug: bool
          persist: bool
          machine: Machine
          cluster: Cluster
        CertificateAndKey:
          crt: crt
          key^: key
        Machine:
          type@: enum(controlplane|worker|init)
          token^: string
          ca: CertificateAndKey
          acceptedCAs: [CertificateAndKey]
          certSANs: [host]
          controlPlane~: object
          kubelet: Kubelet
          pods: [manifest]
          network: Network
          disks~: [object]
          install~: Install
          files~: [File]
          env@: map(proxy)
          time: Time
          sysctls: map(string)
          sysfs: map(string)
          registries: Registries
          systemDiskEncryption~: SystemDiskEncryption
          features: Features
          udev~: Udev
          logging~: Logging
          kernel: Kernel
          seccompProfiles~: [SeccompProfile]
          baseRuntimeSpecOverrides~: object
          nodeLabels~: map(string)
          nodeAnnotations~: map(string)
          nodeTaints~: map(string)
        Kubelet:
          image~: target
          clusterDNS: [ip]
          extraArgs: map([target]?)
          extraMounts~: [Mount]
          extraConfig: object
          credentialProviderConfig~: object
          defaultRuntimeSeccompProfileEnabled: bool
          registerWithFQDN~: bool
          nodeIP~: NodeIP
          skipNodeRegistration: bool
          disableManifestsDirectory: bool
        NodeIP:
          validSubnets: [target]
        Mount:
          destination*: path
          type: string
          source: path
          options: [string]
          uidMappings~: [object]
          gidMappings~: [object]
        Network:
          hostname: hostname
          interfaces: [Interface]
          nameservers: [ip]
          searchDomains: [hostname]
          extraHostEntries: [ExtraHost]
          kubespan~: object
          disableSearchDomain: bool
        ExtraHost:
          ip*: ip
          aliases: [hostname]
        Interface:
          interface: link
          deviceSelector: DeviceSelector
          addresses: [address]
          cidr: cidr
          routes: [Route]
          bond~: object
          bridge~: object
          bridgePort~: object
          vlans~: [object]
          mtu: int(68..65536)
          dhcp: bool
          ignore: bool
          dummy~: bool
          dhcpOptions: DhcpOptions
          wireguard~^: object
          vip~: object
        DeviceSelector:
          busPath: string
          hardwareAddr: string
          permanentAddr: string
          pciID: string
          driver: string
          physical: bool
        Route:
          network: cidr
          gateway: ip
          source: ip
          metric: int(0..4294967295)
          mtu: int(68..65536)
        DhcpOptions:
          routeMetric: int(0..4294967295)
          ipv4: bool
          ipv6: bool
          duidv6: hex
        Install:
          disk: path
          diskSelector~: object
          extraKernelArgs: [kernelarg]
          image: target
          extensions~: [object]
          wipe: bool
          legacyBIOSSupport~: bool
          grubUseUKICmdline~: bool
        File:
          content*: string
          permissions: mode
          path*: path
          op: enum(create|append|overwrite)
        Time:
          disabled: bool
          servers: [host]
          bootTimeout: duration
        Registries:
          mirrors: map(host=RegistryMirrorV1)
          config: map(host=RegistryConfigV1)
        RegistryMirrorV1:
          endpoints: [url]
          overridePath: bool
          skipFallback: bool
        RegistryConfigV1:
          tls: RegistryTlsV1
          auth: RegistryAuthV1
        RegistryTlsV1:
          clientIdentity: CertificateAndKey
          ca: crt
          insecureSkipVerify: bool
        RegistryAuthV1:
          username: string
          password^: string
          auth^: string
          identityToken^: string
        SystemDiskEncryption:
          state^: object
          ephemeral^: object
        Features:
          rbac: bool
          stableHostname: bool
          kubernetesTalosAPIAccess~: object
          apidCheckExtKeyUsage: bool
          diskQuotaSupport: bool
          kubePrism~: KubePrism
          hostDNS~: HostDNS
          imageCache~: object
          nodeAddressSortAlgorithm: enum(v1|v2)
        KubePrism:
          enabled: bool
          port: int(1..65535)
        HostDNS:
          enabled: bool
          forwardKubeDNSToHost: bool
          resolveMemberNames: bool
        Udev:
          rules: [string]
        Logging:
          destinations: [LoggingDestination]
        LoggingDestination:
          endpoint*: logurl
          format: enum(json_lines)
          extraTags: map(string)
        Kernel:
          modules: [Module]
        Module:
          name*: name
          parameters: [string]
        SeccompProfile:
          name*: name
          value*: object
        """;
}
