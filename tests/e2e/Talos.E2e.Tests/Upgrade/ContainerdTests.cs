namespace Talos.E2e.Tests.Upgrade;

/// <summary>A node goes from containerd 1.7 to 2 and back with the same <c>/var</c>: both write it.</summary>
[Collection("upgrade")]
[Trait("Category", "Upgrade")]
public sealed class ContainerdTests(UpgradeFixture node, ITestOutputHelper output)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(20);

    [Fact]
    public async Task An_update_from_containerd_1_7_to_2_and_the_way_back_keep_pods_and_images()
    {
        using Machine machine = await StartAsync("containerd-update", deadline: "20m");
        string images = await ImagesAsync(machine);
        Assert.StartsWith("1.7.", await VersionAsync(machine), StringComparison.Ordinal);

        (await machine.TalosctlAsync("upgrade", "--image", UpgradeFixture.Bundle("good"), "--preserve", "--wait=false")).Expect();
        await UpgradeFixture.UntilStatusAsync(machine, Limit, "slot B, v0.2.0", "committed");
        await node.UntilPageAsync(machine);
        Assert.StartsWith("2.", await VersionAsync(machine), StringComparison.Ordinal);
        Assert.Equal(images, await ImagesAsync(machine));

        (await machine.TalosctlAsync("rollback", "--wait=false")).Expect();
        await UpgradeFixture.UntilStatusAsync(machine, Limit, "slot A, v0.0.9");
        await machine.UntilReadyAsync();
        await node.UntilPageAsync(machine);
        Assert.StartsWith("1.7.", await VersionAsync(machine), StringComparison.Ordinal);
        Assert.Equal(images, await ImagesAsync(machine));
    }

    [Fact]
    public async Task A_trial_with_containerd_2_that_is_given_up_leaves_pods_and_images_to_1_7()
    {
        using Machine machine = await StartAsync("containerd-fallback", deadline: "4m");
        string images = await ImagesAsync(machine);

        (await machine.TalosctlAsync("upgrade", "--image", UpgradeFixture.Bundle("no-kubelet"), "--preserve", "--wait=false")).Expect();
        output.WriteLine(await UpgradeFixture.UntilStatusAsync(machine, Limit, "slot A, v0.0.9", "FALLBACK", "v0.5.0", "not healthy within 4m0s"));

        await machine.UntilReadyAsync();
        await node.UntilPageAsync(machine);
        Assert.StartsWith("1.7.", await VersionAsync(machine), StringComparison.Ordinal);
        Assert.Equal(images, await ImagesAsync(machine));
    }

    /// <summary>A configured node of v0.0.9, which has containerd 1.7, with its pod.</summary>
    private async Task<Machine> StartAsync(string name, string deadline)
    {
        Machine machine = new(name, image: UpgradeFixture.Image("containerd-1"));
        await machine.InstallAsync(Testdata.OnePod);
        (await machine.TalosctlAsync(
            "patch", "machineconfig", "--mode", "no-reboot", "--patch", $"{{apiVersion: v1alpha1, kind: UpdateConfig, healthDeadline: {deadline}}}")).Expect();
        await node.UntilPageAsync(machine);
        return machine;
    }

    private static async Task<string> VersionAsync(Machine machine) => (await machine.TalosctlAsync("read", "/usr/share/talos/containerd.version")).Expect();

    /// <summary>Names and digests of the images, in order.</summary>
    private static async Task<string> ImagesAsync(Machine machine)
    {
        string list = (await machine.TalosctlAsync("image", "list")).Expect();
        string[] images = [.. list.Split('\n').Where(l => l.Contains("localhost/", StringComparison.Ordinal)).Select(l => string.Join(' ',
            l.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(w => w.StartsWith("localhost/", StringComparison.Ordinal) || w.StartsWith("sha256:", StringComparison.Ordinal))))
            .Order(StringComparer.Ordinal)];
        Assert.NotEmpty(images);
        return string.Join('\n', images);
    }
}
