namespace Talos.Config;

/// <summary>Network documents.</summary>
internal static class NetworkSchema
{
    public const string Text = """
        Document:
          apiVersion*: enum(v1alpha1)
          kind*: string
        Named:
          apiVersion*: enum(v1alpha1)
          kind*: string
          name*: name
        NamedLink:
          apiVersion*: enum(v1alpha1)
          kind*: string
          name*: link
        AddressConfig:
          address*: cidr
          routePriority: int(0..4294967295)
        RouteConfig:
          destination: cidr
          gateway: ip
          source: ip
          metric: int(0..4294967295)
          mtu: int(68..65536)
          table: table
        LinkCommon:
          up: bool
          mtu: int(68..65536)
          addresses: [AddressConfig]
          routes: [RouteConfig]
          multicast~: bool
        LinkConfig:
          +NamedLink
          +LinkCommon
        DHCPv4Config:
          +NamedLink
          routeMetric: int(0..4294967295)
          ignoreHostname: bool
          ignoreRoutes: bool
          clientIdentifier: enum(none|mac|duid)
          duidRaw: hex
        DHCPv6Config ~:
          +NamedLink
          routeMetric: int(0..4294967295)
          ignoreHostname: bool
          clientIdentifier: enum(none|mac|duid)
          duidRaw: hex
        HostnameConfig:
          +Document
          auto: enum(stable|off)
          hostname: hostname
        NameserverConfig:
          address*: ip
          protocol~: enum(Do53|DoT|DoH)
          tlsServerName~: hostname
        SearchDomainsConfig:
          domains: [hostname]
          disableDefault: bool
        ResolverConfig:
          +Document
          nameservers: [NameserverConfig]
          searchDomains: SearchDomainsConfig
          hostDNS~: HostDNS
        StaticHostConfig:
          +Document
          name*: ip
          hostnames: [hostname]
        NTPConfig:
          servers: [host]
          useNTS~: bool
        PTPConfig:
          devices: [path]
        TimeSyncConfig:
          +Document
          enabled: bool
          bootTimeout: duration
          ntp: NTPConfig
          ptp~: PTPConfig
        LinkAliasConfig ~:
          +Named
          selector: object
        DummyLinkConfig ~:
          +NamedLink
          hardwareAddr: mac
          +LinkCommon
        BondConfig ~:
          +NamedLink
          +LinkCommon
          links*: [link]
          bondMode*: string
          hardwareAddr: mac
          miimon: int
          updelay: int
          downdelay: int
          useCarrier: bool
          xmitHashPolicy: string
          arpInterval: int
          arpIpTargets: [ip]
          nsIp6Targets: [ip]
          arpValidate: string
          arpAllTargets: string
          lacpRate: enum(slow|fast)
          failOverMac: string
          adSelect: string
          adActorSysPrio: int
          adUserPortKey: int
          adLACPActive: string
          primary: string
          primaryReselect: string
          resendIGMP: int
          minLinks: int
          lpInterval: int
          packetsPerSlave: int
          numPeerNotif: int
          tlbLogicalLb: int
          allSlavesActive: int
          peerNotifDelay: int
          missedMax: int
        BridgeConfig ~:
          +NamedLink
          +LinkCommon
          hardwareAddr: mac
          links*: [link]
          stp: object
          vlan: object
        VLANConfig ~:
          +NamedLink
          +LinkCommon
          vlanID*: int(1..4094)
          vlanMode: enum(802.1q|802.1ad)
          parent*: link
        VRFConfig ~:
          +NamedLink
          +LinkCommon
          hardwareAddr: mac
          links*: [link]
          table*: table
        VethConfig ~:
          +NamedLink
          +LinkCommon
          peer*: object
        WireguardConfig ~:
          +NamedLink
          +LinkCommon
          privateKey*^: base64
          listenPort: int(0..65535)
          firewallMark: int(0..4294967295)
          peers^: [object]
        EthernetConfig ~:
          +NamedLink
          features: map(bool)
          rings: object
          channels: object
          wakeOnLan: [string]
        BlackholeRouteConfig ~:
          +Document
          name*: cidr
          metric: int(0..4294967295)
        RoutingRuleConfig ~:
          +Named
          src: cidr
          dst: cidr
          table*: table
          action: int
          iifName: link
          oifName: link
          fwMark: int
          fwMask: int
        BGPInstanceConfig ~:
          +Named
          vrf: string
          localASN*: int
          routerID: target
          routeSource: target
          advertise: [target]
          multipath: bool
          maxPaths: int
          installRoutes: bool
          importRoutes: [object]
          neighbors: [object]
        NetworkDefaultActionConfig ~:
          +Document
          ingress: enum(accept|block)
        NetworkRuleConfig ~:
          +Named
          portSelector: object
          ingress: [object]
        KubeSpanConfig ~:
          +Document
          enabled: bool
          advertiseKubernetesNetworks: bool
          allowDownPeerBypass: bool
          harvestExtraEndpoints: bool
          mtu: int(1280..65536)
          filters: object
        KubeSpanEndpoints ~:
          +Document
          extraAnnouncedEndpoints: [target]
        Layer2VIPConfig ~:
          +Document
          name*: ip
          link: link
        HCloudVIPConfig ~:
          +Document
          name*: ip
          link: link
          apiToken^: string
        HTTPProbeConfig ~:
          +Named
          interval: duration
          failureThreshold: int
          url*: url
          timeout: duration
        TCPProbeConfig ~:
          +Named
          interval: duration
          failureThreshold: int
          endpoint*: target
          timeout: duration
        DiscoveryIdentityConfig ~:
          +Document
          clusterID*: string
          clusterSecret*^: string
        DiscoveryServiceConfig ~:
          +Named
          endpoint*: url
        SideroLinkConfig ~:
          +Document
          apiUrl: url
          uniqueToken^: string
        """;
}
