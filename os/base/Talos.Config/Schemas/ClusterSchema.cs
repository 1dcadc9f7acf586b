namespace Talos.Config;

/// <summary>The <c>cluster</c> part of the v1alpha1 document, as upstream's generator writes it.</summary>
internal static class ClusterSchema
{
    public const string Text = """
        Cluster:
          id: string
          secret^: base64
          controlPlane: ControlPlane
          clusterName: string
          network: ClusterNetwork
          token^: string
          aescbcEncryptionSecret^: base64
          secretboxEncryptionSecret^: base64
          ca: CertificateAndKey
          acceptedCAs: [CertificateAndKey]
          aggregatorCA: CertificateAndKey
          serviceAccount: ServiceAccount
          apiServer: ApiServer
          controllerManager~: ControlPlaneComponent
          proxy~: Proxy
          scheduler~: ControlPlaneComponent
          discovery~: Discovery
          etcd: EtcdV1
          coreDNS~: CoreDns
          externalCloudProvider~: ExternalCloudProvider
          extraManifests~: [target]
          extraManifestHeaders~^: map(string)
          inlineManifests~: [InlineManifest]
          adminKubeconfig~: AdminKubeconfig
          allowSchedulingOnMasters: bool
          allowSchedulingOnControlPlanes: bool
        ControlPlane:
          endpoint: url
          localAPIServerPort: int(1..65535)
        ClusterNetwork:
          cni~: Cni
          dnsDomain: hostname
          podSubnets: [network]
          serviceSubnets: [network]
        Cni:
          name: enum(flannel|custom|none)
          urls: [target]
          flannel: object
        ServiceAccount:
          key^: key
        ApiServer:
          image~: target
          extraArgs~: map([target]?)
          extraVolumes~: [ExtraVolume]
          env~: map(proxy)
          certSANs: [host]
          disablePodSecurityPolicy~: bool
          admissionControl~: [AdmissionPlugin]
          auditPolicy~: object
          resources~: object
          authorizationConfig~: [object]
        AdmissionPlugin:
          name*: name
          configuration: object
        ExtraVolume:
          hostPath: path
          mountPath: path
          readonly: bool
          name: string
        ControlPlaneComponent:
          image: target
          extraArgs: map([target]?)
          extraVolumes: [ExtraVolume]
          env: map(proxy)
          resources: object
          config: object
        Proxy:
          disabled: bool
          image: target
          mode: string
          extraArgs: map([target]?)
        Discovery:
          enabled: bool
          registries: DiscoveryRegistries
        DiscoveryRegistries:
          kubernetes: DiscoveryKubernetes
          service: DiscoveryService
        DiscoveryKubernetes:
          disabled: bool
        DiscoveryService:
          disabled: bool
          endpoint: url
        EtcdV1:
          image~: target
          ca: CertificateAndKey
          extraArgs~: map([target]?)
          subnet~: target
          advertisedSubnets~: [target]
          listenSubnets~: [target]
        CoreDns:
          disabled: bool
          image: target
        ExternalCloudProvider:
          enabled: bool
          manifests: [target]
        InlineManifest:
          name*: name
          contents: string
        AdminKubeconfig:
          certLifetime: duration
        """;
}
