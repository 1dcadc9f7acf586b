namespace Talosctl.Tests;

/// <summary><c>talosctl fleet</c> as an operator, against a hub of set answers.</summary>
public abstract class FleetCommandTest : IAsyncLifetime
{
    private protected CommandRun Run { get; } = new();

    private protected FakeHub Hub { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Hub = await FakeHub.StartAsync(Run.Folder);
        Run.Variables["TALOS_HUB"] = Hub.Url;
        Run.Variables["TALOS_HUB_CA"] = Run["ca.pem"];
        Run.Variables["TALOS_HUB_CERTIFICATE"] = Run["operator.pem"];
    }

    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        Run.Dispose();
        GC.SuppressFinalize(this);
    }
}
