namespace Talos.Config.Tests;

/// <summary>Configs that the generator makes.</summary>
internal static class Samples
{
    private static readonly SecretsBundle Secrets = SecretsBundle.Create(TimeProvider.System);

    public static GenerateOptions Options() => new()
    {
        ClusterName = "edge",
        Endpoint = new Uri("https://10.5.0.2:6443"),
        Secrets = Secrets,
        AdditionalSans = ["edge.example.org"],
    };

    public static string ControlPlane() => ConfigGenerator.Machine(Options(), MachineKind.ControlPlane);

    public static string Worker() => ConfigGenerator.Machine(Options(), MachineKind.Worker);
}
