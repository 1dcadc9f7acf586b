using System.Diagnostics.CodeAnalysis;
using Grpc.Net.Client;

namespace Talos.E2e.Tests;

/// <summary>One booted and configured node that many tests share.</summary>
public sealed class NodeFixture : IAsyncLifetime
{
    internal Machine Machine { get; } = new("node");

    internal HttpClient Http { get; } = new() { Timeout = TimeSpan.FromSeconds(20) };

    [NotNull]
    internal GrpcChannel? Admin { get; private set; }

    public async ValueTask InitializeAsync()
    {
        await Machine.InstallAsync(Testdata.Pods);
        Admin = Machine.Channel(Machine.Admin());
    }

    public ValueTask DisposeAsync()
    {
        Admin?.Dispose();
        Http.Dispose();
        Machine.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Waits until a page is there and holds a text.</summary>
    internal Task UntilPageAsync(Uri page, string expected, TimeSpan? limit = null) =>
        Until.HoldsAsync($"{page} answering", limit ?? TimeSpan.FromMinutes(5), async () =>
        {
            string text = await Http.GetStringAsync(page);
            return text.Contains(expected, StringComparison.Ordinal) ? null : $"the page says: {text}";
        });
}

[CollectionDefinition("node")]
public sealed class NodeCollection : ICollectionFixture<NodeFixture>;
