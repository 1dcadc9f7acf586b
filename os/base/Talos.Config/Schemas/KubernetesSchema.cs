namespace Talos.Config;

/// <summary>Kubernetes and container documents.</summary>
internal static class KubernetesSchema
{
    public const string Text = """
        KubeStaticPodConfig:
          +Named
          pod*: manifest
        KubeletConfig:
          +Document
          image~: target
          config: object
          extraArgs: map([target]?)
          clusterDNS: [ip]
          defaultRuntimeSeccompProfileEnabled: bool
        KubeClusterConfig:
          +Document
          clusterName*: name
          endpoint*: url
        KubeNetworkConfig:
          +Document
          dnsDomain: hostname
          podSubnets*: [network]
          serviceSubnets*: [network]
          nodeCIDRMaskSizeIPv4: int(8..32)
          nodeCIDRMaskSizeIPv6: int(8..128)
        KubeNodeConfig:
          +Document
          labels~: map(string)
          annotations~: map(string)
          taints~: map(string)
          skipNodeRegistration: bool
          registerWithFQDN~: bool
          nodeIP~: NodeIP
        KubeAPIServerCAConfig ~:
          +Document
          issuingCA^: object
          acceptedCAs: [string]
        KubeAPIServerConfig ~:
          +Document
          image*: target
          extraArgs: object
          env: map(proxy)
          resources: object
          apiPort: int(1..65535)
          certExtraSANs: [host]
          startupProbes: bool
        KubeAdmissionControlConfig ~:
          +Document
          name: string
          configuration: object
        KubeAggregatorCAConfig ~:
          +Document
          issuingCA^: object
          acceptedCAs: [string]
        KubeAuditPolicyConfig ~:
          +Document
          configuration: object
        KubeAuthenticationConfig ~:
          +Document
          configuration: object
        KubeAuthorizerConfig ~:
          +Document
          name: string
          type: enum(Node|RBAC|Webhook)
          webhook: object
        KubeControllerManagerConfig ~:
          +Document
          enabled: bool
          image*: target
          extraArgs: object
          env: map(proxy)
          resources: object
        KubeSchedulerConfig ~:
          +Document
          enabled: bool
          image*: target
          config: object
          extraArgs: object
          env: map(proxy)
          resources: object
        KubeCoreDNSConfig ~:
          +Document
          enabled: bool
          image: target
        KubeProxyConfig ~:
          +Document
          enabled: bool
          image: target
          mode: string
          config: object
          extraArgs: object
          resources: object
        KubeCredentialProviderConfig ~:
          +Document
          configuration: object
        KubeEtcdEncryptionConfig ~:
          +Document
          config^: object
        KubeExternalManifestConfig ~:
          +Named
          headers^: map(string)
          url*: url
        KubeInlineManifestConfig ~:
          +Named
          manifest*: string
        KubeFlannelCNIConfig ~:
          +Document
          backendType: string
          backendPort: int(1..65535)
          backendMTU: int
          backendExtraConfig: object
          resources: object
          extraArgs: [target]
          kubeNetworkPoliciesEnabled: bool
        KubePrismConfig ~:
          +Document
          port*: int(1..65535)
          tlsServerName: string
        KubeServiceAccountConfig ~:
          +Document
          issuer*^: object
          accepted: object
        KubeTalosAPIAccessConfig ~:
          +Document
          allowedRoles: [string]
          allowedKubernetesNamespaces: [string]
        CRIBaseRuntimeSpecConfig ~:
          +Document
          overrides: object
        CRICustomizationConfig ~:
          +Named
          content: string
        ImageCacheConfig ~:
          +Document
          local: object
        RegistryEndpoint:
          url*: url
          overridePath: bool
        RegistryMirrorConfig:
          +Document
          name*: host
          endpoints: [RegistryEndpoint]
          skipFallback: bool
        RegistryAuthConfig:
          +Document
          name*: host
          username: string
          password^: string
          auth^: string
          identityToken^: string
        PemPair:
          cert: string
          crt: string
          key^: string
        RegistryTLSConfig:
          +Document
          name*: host
          clientIdentity: PemPair
          ca: string
          insecureSkipVerify: bool
        ContainerConfig ~:
          +Document
          name: string
          image: target
          entrypoint: [string]
          args: [string]
          workingDir: string
          runAs: object
          environment: [string]
          mounts: [object]
          security: object
          network: object
          resources: object
          dependsOn: object
        ExtensionServiceConfig ~:
          +Named
          configFiles: [object]
          environment: [string]
        """;
}
