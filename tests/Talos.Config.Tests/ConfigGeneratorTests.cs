using Talos.Pki;

namespace Talos.Config.Tests;

public sealed class ConfigGeneratorTests
{
    [Fact]
    public void A_generated_control_plane_config_is_valid()
    {
        MachineConfiguration config = ConfigReader.Parse(Samples.ControlPlane());

        Assert.Equal(MachineKind.ControlPlane, config.Kind);
        Assert.True(config.IsComplete);
        Assert.False(config.Ca!.KeyPem.IsEmpty);
        Assert.Equal(new Uri("https://10.5.0.2:6443"), config.Cluster.Endpoint);
        Assert.Equal(["edge.example.org"], config.CertSans);
        Assert.True(config.Network.AutoHostname);
        Assert.Empty(config.Warnings);
    }

    [Fact]
    public void A_generated_worker_config_has_no_private_keys()
    {
        string yaml = Samples.Worker();

        MachineConfiguration config = ConfigReader.Parse(yaml);

        Assert.Equal(MachineKind.Worker, config.Kind);
        Assert.True(config.Ca!.KeyPem.IsEmpty);
        Assert.DoesNotContain("serviceAccount", yaml, StringComparison.Ordinal);
        Assert.Empty(config.Warnings);
    }

    [Fact]
    public void The_administrators_certificate_comes_from_the_authority_of_the_config()
    {
        CertificateAndKey admin = ConfigGenerator.Admin(Samples.Options().Secrets, TimeProvider.System);

        using var certificate = Certificates.Read(admin.CertificatePem);
        Assert.Equal([Role.Admin], Certificates.Roles(certificate));
    }

    [Fact]
    public void Secrets_come_back_from_their_file_and_from_a_config()
    {
        SecretsBundle secrets = Samples.Options().Secrets;

        Assert.Equal(secrets, SecretsYaml.Read(SecretsYaml.Write(secrets)));
        Assert.Equal(secrets, SecretsYaml.FromConfig(Samples.ControlPlane()));
    }

    [Fact]
    public void Secrets_of_a_worker_are_not_enough() =>
        Assert.Throws<ConfigException>(() => SecretsYaml.FromConfig(Samples.Worker()));

    [Fact]
    public void A_config_of_an_ed25519_authority_is_accepted()
    {
        GenerateOptions options = Samples.Options() with
        {
            Secrets = Samples.Options().Secrets with
            {
                Os = CertificateAuthority.Create(AuthorityOptions.Os with { Algorithm = KeyAlgorithm.Ed25519 }, TimeProvider.System).Pair,
            },
        };

        Assert.True(ConfigReader.Parse(ConfigGenerator.Machine(options, MachineKind.ControlPlane)).IsComplete);
    }

    [Fact]
    public void A_config_in_the_shape_of_upstreams_generator_is_accepted()
    {
        string generated = ConfigPatcher.Apply(Samples.ControlPlane(), [File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Testdata", "upstream-shape.yaml"))]);

        MachineConfiguration config = ConfigReader.Parse(generated);

        Assert.Contains("cluster.apiServer.image: accepted, but has no effect on this node", config.Warnings);
        Assert.Contains("machine.features.kubePrism: accepted, but has no effect on this node", config.Warnings);
        Assert.False(config.Kubelet.ManifestsDirectoryEnabled);
    }
}
