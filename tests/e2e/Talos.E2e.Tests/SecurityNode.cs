namespace Talos.E2e.Tests;

/// <summary>A node of its own for attacks.</summary>
public sealed class SecurityNode : IAsyncLifetime
{
    internal Machine Machine { get; } = new("security");

    public async ValueTask InitializeAsync() => await Machine.InstallAsync(Testdata.OnePod);

    public ValueTask DisposeAsync()
    {
        Machine.Dispose();
        return ValueTask.CompletedTask;
    }
}
