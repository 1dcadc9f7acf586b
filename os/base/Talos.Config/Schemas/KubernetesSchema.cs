namespace Talos.Config;

/// <summary>Kubernetes and container documents.</summary>
internal static class KubernetesSchema
{
    public const string Text = """
        KubeStaticPodConfig:
          +Named
          pod*: object
        KubeletConfig:
          +Document
          image~: string
          config: object
          extraArgs: map([string]?)
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
          image*: string
          extraArgs: object
          env: map(string)
          resources: object
          apiPort: int(1..65535)
          certExtraSANs: [string]
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
          image*: string
          extraArgs: object
          env: map(string)
          resources: object
        KubeSchedulerConfig ~:
          +Document
          enabled: bool
          image*: string
          config: object
          extraArgs: object
          env: map(string)
          resources: object
        KubeCoreDNSConfig ~:
          +Document
          enabled: bool
          image: string
        KubeProxyConfig ~:
          +Document
          enabled: bool
          image: string
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
          extraArgs: [string]
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
          +Named
          endpoints: [RegistryEndpoint]
          skipFallback: bool
        RegistryAuthConfig:
          +Named
          username: string
          password^: string
          auth^: string
          identityToken^: string
        PemPair:
          cert: string
          crt: string
          key^: string
        RegistryTLSConfig:
          +Named
          clientIdentity: PemPair
          ca: string
          insecureSkipVerify: bool
        ContainerConfig ~:
          +Document
          name: string
          image: string
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
